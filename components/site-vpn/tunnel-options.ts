import type { VpnConnectionArgs } from "@pulumi/aws/ec2/vpnConnection.js";
import * as pulumi from "@pulumi/pulumi";
import { canonical, contains, prefixLength } from "../shared/addresses.ts";
import { checked, type Problem, refuse, when } from "../shared/errors.ts";

/** One value for each of the two tunnels of a VPN connection. */
export type PerTunnel<T> = Readonly<Record<"tunnel1" | "tunnel2", T>>;

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
  return checked(key, (plain) =>
    refuse(
      when(!presharedKeyPattern.test(plain), {
        field,
        value: `(secret, ${plain.length} characters)`,
        rule: presharedKeyRule,
        remedy: "choose another key, or leave both out and AWS makes them",
      }),
    ),
  );
}

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html, "Pre-shared key (PSK)" */
export const presharedKeyPattern = /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/;
export const presharedKeyRule = "AWS takes 8 to 64 of A-Z a-z 0-9 . _ and no 0 in front";

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html, "Inside tunnel IPv4 CIDR" */
const reserved = [0, 1, 2, 3, 4, 5].map((n) => `169.254.${n}.0/30`).concat("169.254.169.252/30");

/** What AWS would refuse of inside ranges: another size, its own ranges, one range for both tunnels. */
export function insideCidrProblems(name: string, cidrs: PerTunnel<string>): readonly Problem[] {
  const { tunnel1, tunnel2 } = cidrs;
  return [
    ...Object.entries(cidrs).flatMap(([tunnel, cidr]) =>
      when(
        prefixLength(cidr) !== 30 ||
          canonical(cidr) !== cidr ||
          !contains("169.254.0.0/16", cidr) ||
          reserved.includes(cidr),
        {
          field: `${name}.insideCidrs.${tunnel}`,
          value: cidr,
          rule: `must be a /30 of 169.254.0.0/16 and none of AWS's own (${reserved.join(", ")})`,
          remedy: "choose another, such as 169.254.10.0/30",
        },
      ),
    ),
    ...when(tunnel1 === tunnel2, {
      field: `${name}.insideCidrs.tunnel2`,
      value: tunnel2,
      rule: "the two tunnels must not share a range",
      remedy: "choose another /30 for one of them",
    }),
  ];
}
