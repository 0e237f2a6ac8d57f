/**
 * Errors of the simulated AWS; nothing here talks to AWS. Codes are AWS's own. A sentence is AWS's own where a public
 * report of it is named beside it or it is widely known; the others are worded after AWS's pattern.
 */

/** A refusal by the simulated AWS, worded as AWS SDK for Go v2 (and so Pulumi's AWS provider) words it. */
export class AwsError extends Error {
  /** AWS's error code, for example `InvalidSubnet.Conflict`. */
  readonly code: string;
  /** AWS's own sentence, without code and request id. */
  readonly reason: string;
  /** HTTP status that AWS sends with it. */
  readonly status: number;

  constructor(code: string, reason: string, status = 400) {
    super(`api error ${code}: ${reason}`);
    this.name = "AwsError";
    this.code = code;
    this.reason = reason;
    this.status = status;
  }

  /** The same refusal, told as the SDK tells it once it knows which operation was called. */
  during(operation: string, requestId: string): AwsError {
    const told = new AwsError(this.code, this.reason, this.status);
    told.message = `operation error ${operation}, https response error StatusCode: ${this.status}, RequestID: ${requestId}, api error ${this.code}: ${this.reason}`;
    return told;
  }
}
