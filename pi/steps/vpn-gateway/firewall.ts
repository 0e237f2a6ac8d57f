import { hostProgram } from "../../script.ts";
import type { OwnedFile } from "../../step.ts";
import {
  configFolder,
  firewallUnit,
  interfacesOf,
  programs,
  sizes,
  tunnelsOf,
  type VpnGatewayArgs,
} from "./args.ts";

/** The nftables table that is this step's alone; `/etc/nftables.conf` is not touched. */
export const nftTable = "ip ecs_anywhere_hybrid_vpn";
/** Marks this step's rules in the FORWARD chain that Docker owns. */
export const ruleComment = "ecs-anywhere-hybrid-vpn";
export const nftPath = `${configFolder}/vpn.nft`;

/**
 * Forwarding for the tunnels. By the table:
 * - the MSS clamp, both ways: AWS sends no fragmentation-needed, so a connection that learns no size would stall;
 * - nothing for the VPC or AWS's inside addresses leaves outside the tunnels: while they are down it would go to the
 *   internet in clear.
 *
 * And by a unit of its own, an accept in iptables' FORWARD chain, since Docker sets that chain's policy to DROP. Docker never
 * flushes the chain, so the rule outlives its restarts; the drop-in puts it there also when Docker comes after this step.
 */
export function firewallFiles(args: VpnGatewayArgs): readonly OwnedFile[] {
  return [
    { path: nftPath, mode: "644", content: nftRules(args) },
    {
      path: `${programs}/vpn-firewall`,
      mode: "755",
      content: hostProgram(
        {
          INTERFACES: interfacesOf(args).map((name) => name.replace("*", "+")),
          SITE: args.siteCidrs.join(" "),
          VPC: args.vpcCidrs.join(" "),
          RULE_COMMENT: ruleComment,
        },
        "vpn-gateway/firewall/accepts.sh",
        "vpn-gateway/firewall/main.sh",
      ),
    },
    { path: `/etc/systemd/system/${firewallUnit}`, mode: "644", content: unit },
    {
      path: "/etc/systemd/system/docker.service.d/ecs-anywhere-hybrid-vpn.conf",
      mode: "644",
      content: `# Docker sets the policy of the FORWARD chain to DROP.
[Service]
ExecStartPost=-${programs}/vpn-firewall up
`,
    },
  ];
}

function nftRules(args: VpnGatewayArgs): string {
  const { mss } = sizes[args.dataPath];
  const interfaces = interfacesOf(args);
  const clamp = interfaces.flatMap((name) =>
    ["oifname", "iifname"].map(
      (direction) =>
        `    ${direction} "${name}" tcp flags & (syn | rst) == syn tcp option maxseg size set ${mss}`,
    ),
  );
  // A probe that left outside its tunnel might find another host with that link-local address.
  const beyond = [...args.vpcCidrs, ...tunnelsOf(args).map((tunnel) => tunnel.vgwInsideAddress)].join(", ");
  return `# Managed by ecs-anywhere-hybrid: changes are lost.
# The empty table makes the delete possible the first time; the file takes effect as a whole or not at all.
table ${nftTable} {}
delete table ${nftTable}
table ${nftTable} {
  chain clamp {
    type filter hook forward priority mangle; policy accept;
${clamp.join("\n")}
  }
  chain leak {
    type filter hook forward priority filter; policy accept;
    ip daddr { ${beyond} } jump tunnels_only
  }
  chain leak_own {
    type filter hook output priority filter; policy accept;
    ip daddr { ${beyond} } jump tunnels_only
  }
  chain tunnels_only {
${interfaces.map((name) => `    oifname "${name}" return`).join("\n")}
    # an address of the gateway's own
    oifname "lo" return
    # at once, and by a code that ends a wait on UDP, too: a plain net-unreachable means to try on
    reject with icmp type net-prohibited
  }
}
`;
}

const unit = `[Unit]
Description=Forwarding rules of the VPN tunnels

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${programs}/vpn-firewall up
ExecStop=${programs}/vpn-firewall down

[Install]
WantedBy=multi-user.target
`;
