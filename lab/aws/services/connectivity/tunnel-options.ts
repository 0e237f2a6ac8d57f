/**
 * EC2: the options of a VPN tunnel and AWS's rules for them.
 * API reference: VpnTunnelOptionsSpecification; Site-to-Site VPN user guide: "Tunnel options".
 */
import { z } from "zod";
import { AwsError, documented, guessed, type Provenance, reported } from "../../errors.ts";
import { cidrBlock, oneOf } from "../../kind.ts";
import { containsCidr, isNetworkAddress, prefixLength } from "../shared/ranges.ts";

const encryption = z.array(oneOf(["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"]));
const integrity = z.array(oneOf(["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"]));

/** The provider checks its own limits at preview; AWS checks its rules at creation. */
export const tunnelOptions = z.strictObject({
  dpdTimeoutAction: oneOf(["clear", "none", "restart"]).optional(),
  dpdTimeoutSeconds: z.int().min(30, "expected at least (30)").optional(),
  enableTunnelLifecycleControl: z.boolean().optional(),
  ikeVersions: z.array(oneOf(["ikev1", "ikev2"])).optional(),
  insideCidr: cidrBlock.optional(),
  logOptions: z
    .strictObject({
      cloudwatchLogOptions: z
        .strictObject({
          logEnabled: z.boolean().default(false),
          logGroupArn: z.string().optional(),
          logOutputFormat: oneOf(["json", "text"]).optional(),
          bgpLogEnabled: z.boolean().optional(),
          bgpLogGroupArn: z.string().optional(),
          bgpLogOutputFormat: oneOf(["json", "text"]).optional(),
        })
        .optional(),
    })
    .optional(),
  phase1DhGroupNumbers: z.array(z.int()).optional(),
  phase1EncryptionAlgorithms: encryption.optional(),
  phase1IntegrityAlgorithms: integrity.optional(),
  phase1LifetimeSeconds: z.int().min(900).max(28800).optional(),
  phase2DhGroupNumbers: z.array(z.int()).optional(),
  phase2EncryptionAlgorithms: encryption.optional(),
  phase2IntegrityAlgorithms: integrity.optional(),
  phase2LifetimeSeconds: z.int().min(900).max(3600).optional(),
  presharedKey: z.string().optional(),
  rekeyFuzzPercentage: z.int().min(0).max(100).optional(),
  rekeyMarginTimeSeconds: z.int().min(60).max(1800).optional(),
  replayWindowSize: z.int().min(64).max(2048).optional(),
  startupAction: oneOf(["add", "start"]).optional(),
});
export type TunnelOptions = z.output<typeof tunnelOptions>;

/** Ranges that AWS reserves. */
export const reservedInsideCidrs = [
  ...[0, 1, 2, 3, 4, 5].map((n) => `169.254.${n}.0/30`),
  "169.254.169.252/30",
];

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const phase1Groups = [2, ...range(14, 24)];
const phase2Groups = [2, 5, ...range(14, 24)];

const invalidValue = (sentence: string, provenance: Provenance) =>
  new AwsError("InvalidParameterValue", sentence, provenance);
const invalidCombination = (sentence: string, provenance: Provenance) =>
  new AwsError("InvalidParameterCombination", sentence, provenance);

export function checkInsideCidr(insideCidr: string): void {
  if (prefixLength(insideCidr) !== 30 || !isNetworkAddress(insideCidr))
    throw invalidValue(
      `Value (${insideCidr}) for parameter TunnelInsideCidr is invalid. The CIDR must be a /30.`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: TunnelInsideCidr"),
    );
  if (!containsCidr("169.254.0.0/16", insideCidr))
    throw invalidValue(
      `Value (${insideCidr}) for parameter TunnelInsideCidr is invalid. The CIDR must be within 169.254.0.0/16.`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: TunnelInsideCidr"),
    );
  if (reservedInsideCidrs.includes(insideCidr))
    throw invalidValue(
      `Value (${insideCidr}) for parameter TunnelInsideCidr is invalid. The CIDR is reserved and cannot be used.`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: TunnelInsideCidr"),
    );
}

/** Rejects the options of one tunnel where AWS does. */
export function checkTunnel(options: TunnelOptions): void {
  const { insideCidr, presharedKey, phase1DhGroupNumbers, phase2DhGroupNumbers } = options;
  if (insideCidr !== undefined) checkInsideCidr(insideCidr);
  // 8 to 64 letters, digits, dots and underscores; the first is not a zero.
  if (presharedKey !== undefined && !/^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/.test(presharedKey))
    throw invalidValue(
      "Value for parameter PreSharedKey is invalid.",
      reported("GoogleCloudPlatform/pbmm-on-gcp-onboarding#299"),
    );
  const bad1 = phase1DhGroupNumbers?.find((g) => !phase1Groups.includes(g));
  if (bad1 !== undefined)
    throw invalidValue(
      `Value (${bad1}) for parameter Phase1DHGroupNumbers is invalid.`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: Phase1DHGroupNumbers"),
    );
  const bad2 = phase2DhGroupNumbers?.find((g) => !phase2Groups.includes(g));
  if (bad2 !== undefined)
    throw invalidValue(
      `Value (${bad2}) for parameter Phase2DHGroupNumbers is invalid.`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: Phase2DHGroupNumbers"),
    );
  const { phase1LifetimeSeconds: first = 28800, phase2LifetimeSeconds: second = 3600 } = options;
  if (second >= first)
    throw invalidCombination(
      `Phase2LifetimeSeconds (${second}) must be less than Phase1LifetimeSeconds (${first}).`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: Phase2LifetimeSeconds"),
    );
  const { rekeyMarginTimeSeconds: margin = 270 } = options;
  if (margin > second / 2)
    throw invalidCombination(
      `RekeyMarginTimeSeconds (${margin}) must not be more than half of Phase2LifetimeSeconds (${second}).`,
      documented("Amazon EC2 API, VpnTunnelOptionsSpecification: RekeyMarginTimeSeconds"),
    );
  const { startupAction, ikeVersions } = options;
  if (startupAction === "start" && ikeVersions?.includes("ikev1"))
    throw invalidCombination(
      "StartupAction start is only supported for VPN tunnels that use IKEv2.",
      documented("AWS Site-to-Site VPN user guide, AWS Site-to-Site VPN tunnel initiation options"),
    );
  const logs = options.logOptions?.cloudwatchLogOptions;
  if (logs?.logEnabled && logs.logGroupArn === undefined)
    throw invalidCombination("LogGroupArn must be specified when LogEnabled is true.", guessed);
}
