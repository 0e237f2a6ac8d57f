import type { VpnConnectionArgs } from "@pulumi/aws/ec2/vpnConnection.js";
import * as pulumi from "@pulumi/pulumi";
import { type PerTunnel, presharedKeyPattern, presharedKeyRule } from "../../limits/connectivity.ts";
import { problemIf, throwIfAny } from "../../limits/problem.ts";
import { validated } from "../shared/validated.ts";

/** The options of one tunnel as the provider names them, without `tunnel1` in front. */
type TunnelOptions = {
  [K in keyof VpnConnectionArgs as K extends `tunnel1${infer Option}` ? Option : never]: VpnConnectionArgs[K];
};

/** All options of one tunnel, by the provider's names. */
type NamedOptions<T extends keyof PerTunnel<unknown>> = Pick<
  VpnConnectionArgs,
  Extract<keyof VpnConnectionArgs, `${T}${string}`>
>;

/**
 * What both tunnels agree on with strongSwan (`aes256gcm16-prfsha384-ecp384`). Every list has one entry, since AWS
 * starts from the weakest entry of a list; every default is written out, since AWS's own documents differ on some.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnTunnelOptionsSpecification.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
 */
const common: TunnelOptions = {
  IkeVersions: ["ikev2"],
  Phase1EncryptionAlgorithms: ["AES256-GCM-16"],
  Phase1IntegrityAlgorithms: ["SHA2-384"],
  Phase1DhGroupNumbers: [20],
  Phase1LifetimeSeconds: 28_800,
  Phase2EncryptionAlgorithms: ["AES256-GCM-16"],
  Phase2IntegrityAlgorithms: ["SHA2-384"],
  Phase2DhGroupNumbers: [20],
  Phase2LifetimeSeconds: 3_600,
  RekeyMarginTimeSeconds: 540,
  RekeyFuzzPercentage: 100,
  ReplayWindowSize: 1_024,
  DpdTimeoutSeconds: 30,
  DpdTimeoutAction: "restart",
  // The site's gateway starts the tunnel: behind NAT, AWS could not.
  StartupAction: "add",
};

/** What differs between connections: the arguments of {@link tunnelOptions}. */
export interface TunnelArgs {
  /** The /30 of 169.254.0.0/16 inside the tunnel. */
  readonly insideCidr: string;
  /** Left out: AWS makes one. */
  readonly presharedKey?: pulumi.Output<string> | undefined;
  readonly logGroupArn: pulumi.Input<string>;
}

/** All options of one tunnel, ready for a `VpnConnection`. */
export function tunnelOptions<T extends keyof PerTunnel<unknown>>(
  tunnel: T,
  { insideCidr, presharedKey, logGroupArn }: TunnelArgs,
): NamedOptions<T> {
  const options: TunnelOptions = {
    ...common,
    InsideCidr: insideCidr,
    ...(presharedKey === undefined ? {} : { PresharedKey: presharedKey }),
    LogOptions: { cloudwatchLogOptions: { logEnabled: true, logGroupArn, logOutputFormat: "json" } },
  };
  return Object.fromEntries(
    Object.entries(options).map(([option, value]) => [`${tunnel}${option}`, value]),
  ) as NamedOptions<T>;
}

/**
 * The keys as Pulumi secrets.
 *
 * @throws RunError when AWS would refuse a key; the message does not show it
 */
export function checkedKeys(
  name: string,
  keys: PerTunnel<pulumi.Input<string>>,
): PerTunnel<pulumi.Output<string>> {
  const one = (tunnel: keyof typeof keys) =>
    pulumi.secret(checkedKey(`${name}.presharedKeys.${tunnel}`, keys[tunnel]));
  return { tunnel1: one("tunnel1"), tunnel2: one("tunnel2") };
}

function checkedKey(field: string, key: pulumi.Input<string>): pulumi.Input<string> {
  return validated(key, (plain) =>
    throwIfAny(
      problemIf(!presharedKeyPattern.test(plain), {
        field,
        value: `(secret, ${plain.length} characters)`,
        rule: presharedKeyRule,
        remedy: "choose another key, or leave both out and AWS makes them",
      }),
    ),
  );
}
