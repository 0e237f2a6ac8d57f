/** What the nodes' preflight says while all is well, and what it says of a way that is broken in one place. */
import { strict as assert } from "node:assert";
import { isGood, type Preflight } from "../../pi/steps/preflight.ts";
import { killEndpointZone, restartEndpointZone } from "../aws/data-plane/faults.ts";
import { cloud } from "../cloud.ts";
import { carryOut } from "../operations.ts";
import { inHost } from "../world/host.ts";
import { run, until } from "../world/run.ts";
import { aws, region, vpc, vpcCidr } from "../world/topology.ts";
import { killVpnEndpoint, restartVpnEndpoint } from "../world/vpn-endpoint.ts";
import { type Check, firstNode, gatewayHost, labNodes } from "./check.ts";

/** "How to establish private connectivity for ECS Anywhere" (AWS's blog): its list of endpoints, and of DNS names. */
const services = [
  ...["ecs-agent", "ecs-telemetry", "ecs", "ssm", "ssmmessages", "ec2messages"],
  ...["ecr.dkr", "ecr.api", "s3", "logs"],
];
const names = ["ecs-a*", "ecs-t*", "ecs", "ssm", "ssmmessages", "ec2messages"];

/** Names that the article lists without a line of their own. */
function unlisted({ rows }: Preflight): readonly string[] {
  const matches = (pattern: string) => {
    const [head = "", tail] = pattern.split("*");
    const rest = `.${region}.amazonaws.com`;
    return rows.some(({ name }) =>
      tail === undefined ? name === `${head}${rest}` : name.startsWith(head) && name.endsWith(rest),
    );
  };
  return [
    ...services.filter((service) => !rows.some((row) => row.service === service)),
    ...names.filter((name) => !matches(name)),
  ];
}

export const preflights: Check = {
  name: "preflight",
  title: "Every node measured its way to every endpoint; each of the article's names has a line",
  run: async () => {
    const { outputs } = await carryOut({ operation: "outputs", stack: "lab" });
    const byNode = outputs.preflight as Readonly<Record<string, Preflight>>;
    assert.deepEqual(
      Object.keys(byNode).toSorted(),
      labNodes()
        .map(({ name }) => name)
        .toSorted(),
    );
    const all = Object.entries(byNode).flatMap(([node, preflight]) => {
      assert.deepEqual(unlisted(preflight), [], `${node}: without a line`);
      return preflight.rows.map((row) => ({ node, ...row }));
    });
    assert.deepEqual(
      all.filter((row) => !isGood(row)),
      [],
    );
    const measured = all.filter(({ result }) => result === "ok");
    const smallest = (of: (row: (typeof all)[number]) => number | undefined) =>
      Math.min(...measured.map((row) => of(row) ?? Number.NaN));
    const segment = smallest((row) => row.maxSegmentBytes);
    const carried = Math.min(
      smallest((row) => row.sentBytes),
      smallest((row) => row.receivedBytes),
    );
    assert(carried > segment, `${carried} bytes are no full segment of ${segment}`);
    const took = await Promise.all(labNodes().map(({ name }) => byHand(name)));
    return `${all.length} lines of ${labNodes().length} nodes, segments of ${segment} bytes and more; by hand in ${took.join(" and ")} s`;
  },
};

const program = "/usr/local/lib/ecs-anywhere-hybrid/preflight";

/** Has a node look, by its own program. */
async function look(node: string): Promise<{ said: string; status: number; seconds: number }> {
  const since = Date.now();
  const said = await inHost(node, ["sh", "-c", `${program} 2>&1; echo "status $?"`]);
  const [, words = "", status = ""] = /^(.*)status (\d+)\n$/s.exec(said) ?? [];
  return { said: words, status: Number(status), seconds: (Date.now() - since) / 1000 };
}

/** Seconds until it said that all is well; throws if it said something else. */
async function byHand(node: string): Promise<string> {
  const { said, status, seconds } = await look(node);
  assert.equal(status, 0, `${node}: ${said}`);
  return seconds.toFixed(1);
}

interface Fault {
  /** What the preflight has to blame. */
  readonly cause: string;
  readonly what: string;
  readonly make: (node: string) => Promise<unknown>;
  readonly mend: (node: string) => Promise<unknown>;
}

const onNode = (script: string) => (node: string) => inHost(node, ["sh", "-c", script]);

/** Drops packets on their way, as a security group does; in a table that is the check's alone. */
const dropping = (where: (rules: string) => Promise<unknown>, hook: string, rule: () => Promise<string>) => ({
  make: async () =>
    where(`table ip broken { chain way { type filter hook ${hook} priority -10; ${await rule()} drop; }; }`),
  mend: async () => where("add table ip broken; delete table ip broken"),
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

/** More specific than what is forwarded, so dnsmasq answers it by itself. */
const poison = "/etc/dnsmasq.d/zz-poisoned.conf";

const faults: readonly Fault[] = [
  {
    cause: "route",
    what: "the node's route to the VPC is gone",
    make: onNode(`ip -4 route show ${vpcCidr} >/run/lost-route && ip route del ${vpcCidr}`),
    mend: onNode("xargs ip route replace </run/lost-route && rm /run/lost-route"),
  },
  {
    cause: "tunnel",
    what: "both tunnels are dead",
    make: () => Promise.all([killVpnEndpoint(1), killVpnEndpoint(2)]),
    mend: () => Promise.all([restartVpnEndpoint(1), restartVpnEndpoint(2)]),
  },
  {
    cause: "security group",
    what: "the endpoints' security group admits nobody",
    ...dropping(inVpc, "input", async () => `ip daddr ${await addressesOf("endpoints")} tcp dport 443`),
  },
  {
    cause: "security group",
    what: "the resolver's security group admits nobody",
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
    mend: async () => restartEndpointZone(await someZone()),
  },
  {
    cause: "DNS forwarder",
    what: "the node's DNS server is stopped",
    make: onNode("systemctl stop dnsmasq"),
    mend: onNode("systemctl start dnsmasq"),
  },
  {
    cause: "DNS forwarder",
    what: "the node's DNS server gives a public address",
    make: onNode(
      `echo 'address=/ssm.${region}.amazonaws.com/${aws.address}' >${poison} && systemctl restart dnsmasq`,
    ),
    mend: onNode(`rm -f ${poison} && systemctl restart dnsmasq`),
  },
  {
    cause: "hosts file",
    what: "/etc/hosts has a public address",
    make: onNode(
      `cp -p /etc/hosts /run/hosts && echo '${aws.address} ssm.${region}.amazonaws.com' >>/etc/hosts`,
    ),
    mend: onNode("cat /run/hosts >/etc/hosts && rm /run/hosts"),
  },
  {
    cause: "MTU",
    what: "full segments from AWS are lost at the gateway",
    ...dropping(onGateway, "forward", async () => `ip saddr ${vpcCidr} tcp sport 443 meta length > 1300`),
  },
];

/** The line that names the cause; throws unless there is one, and it is this one. */
async function blames(node: string, { cause, what }: Fault): Promise<string> {
  const { said, status, seconds } = await look(node);
  const [line = "", ...others] = said.split("\n\n")[1]?.trim().split("\n") ?? [];
  assert(line.startsWith(`${cause} (`) && others.length === 0 && status === 1, `${what}: ${said}`);
  return `${cause} in ${seconds.toFixed(1)} s`;
}

export const preflightCauses: Check = {
  name: "preflight-causes",
  title: "A way that is broken in one place: the node's preflight names the place",
  run: async () => {
    const node = firstNode();
    const named: string[] = [];
    for (const fault of faults) {
      await byHand(node.name);
      await fault.make(node.name);
      try {
        named.push(await blames(node.name, fault));
      } finally {
        await fault.mend(node.name);
        await until(
          async () => ((await look(node.name)).status === 0 ? true : undefined),
          async () => new Error(`${fault.what}: mended, and still ${(await look(node.name)).said}`),
          { seconds: 90, everyMs: 1000 },
        );
      }
    }
    return named.join(", ");
  },
};
