/**
 * Errors of the simulated AWS; nothing here talks to AWS. Every refusal says where it is known from: npm run provenance
 * writes them to docs/lab-provenance.md.
 */

/**
 * Where a refusal is known from.
 * - `documented`: AWS's documents, service models or source code name the rule or the code. The sentence may be ours.
 * - `reported`: AWS's answer, code and sentence, is in a public report, or in public code that is written against AWS.
 * - `verified`: AWS gave this answer to this project.
 * - `guessed`: no source was found; the sentence follows AWS's pattern.
 */
export type Provenance =
  | { readonly seen: "documented" | "reported" | "verified"; readonly source: string }
  | { readonly seen: "guessed" };

/** `source`: the page or the operation of the API reference, and the part of it. */
export const documented = (source: string): Provenance => ({ seen: "documented", source });

/** `source`: repository and issue, pull request or file. */
export const reported = (source: string): Provenance => ({ seen: "reported", source });

export const guessed: Provenance = { seen: "guessed" };

/** A refusal by the simulated AWS, worded as AWS SDK for Go v2 (and so Pulumi's AWS provider) words it. */
export class AwsError extends Error {
  /** AWS's error code, for example `InvalidSubnet.Conflict`. */
  readonly code: string;
  /** AWS's own sentence, without code and request id. */
  readonly reason: string;
  readonly provenance: Provenance;
  /** HTTP status that AWS sends with it. */
  readonly status: number;

  constructor(code: string, reason: string, provenance: Provenance, status = 400) {
    super(`api error ${code}: ${reason}`);
    this.name = "AwsError";
    this.code = code;
    this.reason = reason;
    this.provenance = provenance;
    this.status = status;
  }

  /** Returns the same refusal, worded as the SDK words it once the operation is known. */
  during(operation: string, requestId: string): AwsError {
    const { code, reason, status } = this;
    const named = new AwsError(code, reason, this.provenance, status);
    named.message = `operation error ${operation}, https response error StatusCode: ${status}, RequestID: ${requestId}, api error ${code}: ${reason}`;
    return named;
  }
}

/** A refusal after which the resource exists all the same, without what was refused. */
export class HalfMade extends AwsError {
  readonly made: { readonly id: string; readonly outputs: Readonly<Record<string, unknown>> };

  constructor({ code, reason, provenance, status, message }: AwsError, made: HalfMade["made"]) {
    super(code, reason, provenance, status);
    this.message = message;
    this.made = made;
  }
}

/** Something that AWS knows and the simulation does not. It is not an answer of AWS's, so it has no provenance. */
export class NotSimulated extends AwsError {
  constructor(code: string, what: string) {
    super(code, `the simulated AWS does not know ${what}`, guessed);
  }
}
