import type { OwnedFile } from "../../../step.ts";
import type { VpnGatewayArgs } from "../args.ts";

export const strongswanPath = "/etc/strongswan.d/zz-ecs-anywhere-hybrid.conf";

/**
 * charon's own settings, for either daemon (strongswan.conf(5)). strongSwan's retransmission gives up after 165 s;
 * with these figures an endpoint that fell silent is noticed within 3 s (DPD) + 1.0 + 1.4 + 2.0 s.
 */
export function strongswanConf(args: VpnGatewayArgs): OwnedFile {
  const userspace = args.dataPath === "userspace";
  const settings = [
    "# AWS's endpoint may vanish at any time: notice it within seconds, not after 165",
    "retransmit_tries = 2",
    "retransmit_timeout = 1.0",
    "retransmit_base = 1.4",
    "# keeps the mapping in the site's NAT open",
    "keep_alive = 10s",
    userspace
      ? "# the userspace data path takes its packets from a route in table 220"
      : "# the VPC's routes follow the tunnels: vpn-updown sets them, with a metric each",
    `install_routes = ${userspace ? "yes" : "no"}`,
    "# every DPD exchange would write four lines to the journal, that is to the SD card",
    ...(args.format === "ipsec.conf"
      ? [
          "syslog {",
          "  daemon {",
          "    # each line names its tunnel",
          "    ike_name = yes",
          ...quiet("    "),
          "  }",
          "}",
        ]
      : ["journal {", ...quiet("  "), "}"]),
    "plugins {",
    "  kernel-libipsec {",
    `    load = ${userspace ? "yes" : "no"}`,
    "  }",
    "  # for multicast: it would mark packets for the VPC, which then bypass the tunnels' interfaces",
    "  forecast {",
    "    load = no",
    "  }",
    "}",
  ];
  const section = (name: string, lines: readonly string[]) => [
    `${name} {`,
    ...lines.map((line) => `  ${line}`),
    "}",
  ];
  return {
    path: strongswanPath,
    mode: "644",
    content: `${["# Managed by ecs-anywhere-hybrid: changes are lost.", ...section("charon", settings)].join("\n")}\n`,
  };
}

const quiet = (indent: string) => ["net = 0", "enc = 0"].map((line) => indent + line);
