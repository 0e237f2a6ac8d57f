import type { RowsOf } from "./row.ts";

const sha256 = "0123456789abcdef".repeat(4);

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
const moves =
  "The nodes register in the other cluster, and the services begin there once they have; meanwhile nothing runs.";

const moved = [
  "update Command *-ecs-agent",
  "update Key cluster-key",
  "update RolePolicy cluster-node-leave",
  "replace LogGroup *-logs",
  "replace RolePolicy *",
  "replace Service *-service",
  "replace TaskDefinition *-task",
];

export const cluster = {
  "cluster.existing": {
    effect: "replaced",
    text: `${moves} A cluster of the stack's own is deleted with the logs of its sessions, and refused as an existing one.`,
    to: { cluster: { existing: { name: "shared" } } },
    steps: ["delete Cluster cluster-cluster", "delete LogGroup cluster-*", ...moved],
  },
  "cluster.existing.name": {
    effect: "replaced",
    text: moves,
    from: { cluster: { existing: { name: "shared" } } },
    to: { cluster: { existing: { name: "other" } } },
    steps: moved,
  },
  "cluster.existing.exec.keyArn": {
    effect: "in place",
    text: "The roles of the services' containers may decrypt with the other key.",
    from: { cluster: { existing: { name: "shared" } } },
    to: { cluster: { existing: { name: "shared", exec: { keyArn } } } },
    steps: ["replace RolePolicy *-task"],
  },
  "cluster.existing.exec.logGroup": {
    effect: "in place",
    text: "The roles of the services' containers may write to the other log group.",
    from: { cluster: { existing: { name: "shared" } } },
    to: { cluster: { existing: { name: "shared", exec: { logGroup: "/ecs/shared/exec" } } } },
    steps: ["replace RolePolicy *-task"],
  },
  "cluster.keyArn": {
    effect: "replaced",
    text: "New sessions and log events are encrypted by the other key. The stack's own key is deleted 30 days after it is replaced, and what it encrypted is unreadable then; it is refused here.",
    to: { cluster: { keyArn } },
    steps: [
      "delete Key cluster-key",
      "update Cluster cluster-cluster",
      "update LogGroup cluster-*",
      "update LogGroup *-logs",
      "replace RolePolicy *-task",
    ],
  },
  "cluster.containerInsights": {
    effect: "in place",
    text: "Metrics begin or end with the change.",
    from: { cluster: { containerInsights: "enabled" } },
    to: { cluster: { containerInsights: "disabled" } },
    steps: ["update Cluster cluster-cluster"],
  },
  "cluster.logRetentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    to: { cluster: { logRetentionDays: 7 } },
    steps: ["update LogGroup cluster-*", "update LogGroup *-logs"],
  },
  "cluster.installer.url": {
    effect: "only on hosts",
    text: "A host that is registered stays as it is.",
    to: { cluster: { installer: { url: "http://192.168.1.2/ecs-anywhere-install-latest.sh" } } },
    steps: ["update Command *-ecs-agent"],
  },
  "cluster.installer.sha256": {
    effect: "only on hosts",
    text: "A host that is registered stays as it is.",
    to: { cluster: { installer: { sha256 } } },
    steps: ["update Command *-ecs-agent"],
  },
  "cluster.installer.packagesSha256": {
    effect: "only on hosts",
    text: "A host that is registered stays as it is.",
    to: { cluster: { installer: { packagesSha256: [sha256] } } },
    steps: ["update Command *-ecs-agent"],
  },
} satisfies RowsOf<"cluster">;
