/**
 * Errors of the simulated AWS. Nothing here talks to AWS: the codes and messages are AWS's own, so that what a program
 * meets in the lab is what it would meet in an account.
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
