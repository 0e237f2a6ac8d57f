import type * as pulumi from "@pulumi/pulumi";

/** How a cluster keeps sessions of ECS Exec. The containers' role must allow it: the sessions' agent runs among them. */
export interface ExecSessions {
  /** Encrypts them. Absent: the cluster has no key for them. */
  readonly keyArn?: pulumi.Input<string> | undefined;
  /** Log group that has them. Absent: they are logged with the container's own output. */
  readonly logGroupArn?: pulumi.Input<string> | undefined;
}
