/**
 * Refusals of deletions that terraform-provider-aws takes for passing ones, and for how long: it tries again while what holds a
 * resource goes. Source: the provider's `resource…Delete` functions, which call `RetryWhenAWSErrCodeEquals` and its kin.
 */
import { setTimeout } from "node:timers/promises";
import { AwsError } from "../errors.ts";
import { cluster } from "../services/cluster/cluster.ts";
import { vpnGateway } from "../services/connectivity/vpn-gateway.ts";
import { targetGroup } from "../services/load-balancing/target-group.ts";
import { internetGateway } from "../services/network/internet-gateway.ts";
import { securityGroup } from "../services/network/security-group.ts";
import { subnet } from "../services/network/subnet.ts";
import { vpc } from "../services/network/vpc.ts";
import type { Pace } from "./pace.ts";

interface Passing {
  readonly codes: readonly string[];
  readonly seconds: number;
}

const passing: Readonly<Record<string, Passing>> = {
  [vpc.type]: { codes: ["DependencyViolation"], seconds: 300 },
  [subnet.type]: { codes: ["DependencyViolation"], seconds: 1200 },
  [internetGateway.type]: { codes: ["DependencyViolation"], seconds: 1200 },
  [securityGroup.type]: { codes: ["DependencyViolation", "InvalidGroup.InUse"], seconds: 900 },
  [vpnGateway.type]: { codes: ["IncorrectState"], seconds: 300 },
  [targetGroup.type]: { codes: ["ResourceInUse"], seconds: 120 },
  [cluster.type]: {
    codes: [
      "ClusterContainsContainerInstancesException",
      "ClusterContainsServicesException",
      "ClusterContainsTasksException",
    ],
    seconds: 600,
  },
};

/** Deletes a resource as the provider does. Throws the refusal that does not pass. */
export async function deleteInTime(type: string, pace: Pace, remove: () => void): Promise<void> {
  const { codes, seconds } = passing[type] ?? { codes: [], seconds: 0 };
  const until = Date.now() + seconds * pace.msPerSecond;
  for (;;) {
    try {
      return remove();
    } catch (error) {
      const passes = error instanceof AwsError && codes.includes(error.code);
      if (!passes || Date.now() > until) throw error;
      await setTimeout(Math.min(500, pace.msPerSecond));
    }
  }
}
