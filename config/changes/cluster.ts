import type { RowsOf } from "./row.ts";

const sha256 = "0123456789abcdef".repeat(4);

export const cluster = {
  "cluster.containerInsights": {
    effect: "in place",
    text: "Metrics begin or end with the change.",
    from: { cluster: { containerInsights: "enabled" } },
    to: { cluster: { containerInsights: "disabled" } },
    steps: [],
  },
  "cluster.logRetentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    to: { cluster: { logRetentionDays: 7 } },
    steps: [],
  },
  "cluster.installer.url": {
    effect: "only on hosts",
    text: "A host that is registered stays as it is.",
    to: { cluster: { installer: { url: "http://192.168.1.2/ecs-anywhere-install-latest.sh" } } },
    steps: [],
  },
  "cluster.installer.sha256": {
    effect: "only on hosts",
    text: "A host that is registered stays as it is.",
    to: { cluster: { installer: { sha256 } } },
    steps: [],
  },
  "cluster.installer.packagesSha256": {
    effect: "only on hosts",
    text: "A host that is registered stays as it is.",
    to: { cluster: { installer: { packagesSha256: [sha256] } } },
    steps: [],
  },
} satisfies RowsOf<"cluster">;
