/** Each place where the way to AWS can break, how to break it, and what the preflight has to say. */
import { strict as assert } from "node:assert";
import { killEndpointZone, restartEndpointZone } from "../../aws/data-plane/faults.ts";
import { cloud } from "../../cloud.ts";
import { gatewayHost } from "../../hosts.ts";
import { inHost } from "../../world/host.ts";
import { run } from "../../world/run.ts";
import { aws, region, vpc, vpcCidr } from "../../world/topology.ts";
import { killVpnEndpoint, restartVpnEndpoint } from "../../world/vpn-endpoint.ts";

export interface Fault {
  /** What the preflight has to blame. */
  readonly cause: string;
  readonly what: string;
  readonly make: (node: string) => Promise<unknown>;
  readonly repair: (node: string) => Promise<unknown>;
}

const onNode = (script: string) => (node: string) => inHost(node, ["sh", "-c", script]);

/** Drops packets on their way, as a security group does; in a table of the check's own. */
const dropping = (where: (rules: string) => Promise<unknown>, hook: string, rule: () => Promise<string>) => ({
  make: async () =>
    where(`table ip broken { chain way { type filter hook ${hook} priority -10; ${await rule()} drop; }; }`),
  repair: async () => where("add table ip broken; delete table ip broken"),
});

const inVpc = (rules: string) => run(["nft", rules], { netns: vpc });
const onGateway = (rules: string) => inHost(gatewayHost().name, ["nft", rules]);

const addressesOf = async (kind: "endpoints" | "resolvers") =>
  `{ ${(await cloud.network())[kind].flatMap(({ addresses }) => addresses.map(({ address }) => address)).join(", ")} }`;

/** The first endpoint's last zone. */
async function someZone(): Promise<string> {
  const zone = (await cloud.network()).endpoints[0]?.addresses.at(-1)?.zone;
  assert(zone, "the VPC has no endpoints");
  return zone;
}

/** More specific than what is forwarded, so dnsmasq answers it without asking. */
const poison = "/etc/dnsmasq.d/zz-poisoned.conf";

export const faults: readonly Fault[] = [
  {
    cause: "route",
    what: "the node's route to the VPC is gone",
    make: onNode(`ip -4 route show ${vpcCidr} >/run/lost-route && ip route del ${vpcCidr}`),
    repair: onNode("xargs ip route replace </run/lost-route && rm /run/lost-route"),
  },
  {
    cause: "tunnel",
    what: "both tunnels are dead",
    make: () => Promise.all([killVpnEndpoint(1), killVpnEndpoint(2)]),
    repair: () => Promise.all([restartVpnEndpoint(1), restartVpnEndpoint(2)]),
  },
  {
    cause: "security group",
    what: "the endpoints' security group admits no connection",
    ...dropping(inVpc, "input", async () => `ip daddr ${await addressesOf("endpoints")} tcp dport 443`),
  },
  {
    cause: "security group",
    what: "the resolver's security group admits no connection",
    ...dropping(
      inVpc,
      "input",
      async () => `ip daddr ${await addressesOf("resolvers")} meta l4proto { tcp, udp } th dport 53`,
    ),
  },
  {
    cause: "zone",
    what: "a zone is lost",
    make: async () => killEndpointZone(await someZone()),
    repair: async () => restartEndpointZone(await someZone()),
  },
  {
    cause: "DNS forwarder",
    what: "the node's DNS server is stopped",
    make: onNode("systemctl stop dnsmasq"),
    repair: onNode("systemctl start dnsmasq"),
  },
  {
    cause: "DNS forwarder",
    what: "the node's DNS server gives a public address",
    make: onNode(
      `echo 'address=/ssm.${region}.amazonaws.com/${aws.address}' >${poison} && systemctl restart dnsmasq`,
    ),
    repair: onNode(`rm -f ${poison} && systemctl restart dnsmasq`),
  },
  {
    cause: "hosts file",
    what: "/etc/hosts has a public address",
    make: onNode(
      `cp -p /etc/hosts /run/hosts && echo '${aws.address} ssm.${region}.amazonaws.com' >>/etc/hosts`,
    ),
    repair: onNode("cat /run/hosts >/etc/hosts && rm /run/hosts"),
  },
  {
    cause: "MTU",
    what: "full segments from AWS are lost at the gateway",
    ...dropping(onGateway, "forward", async () => `ip saddr ${vpcCidr} tcp sport 443 meta length > 1300`),
  },
];
