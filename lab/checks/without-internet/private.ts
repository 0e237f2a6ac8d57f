import { strict as assert } from "node:assert";
import { nftTable } from "../../../pi/steps/egress-firewall/rules.ts";
import type { DesiredEndpoint } from "../../aws/private-network.ts";
import { cloud } from "../../cloud.ts";
import { labHosts, labNodes } from "../../hosts.ts";
import { inHost } from "../../world/host.ts";
import { run } from "../../world/run.ts";
import { account, aws, laptop, mirrorHost, site } from "../../world/topology.ts";
import { check } from "../check.ts";

/** A name that a pattern such as `*.dkr.ecr.us-east-1.amazonaws.com` stands for. */
const example = (name: string) => name.replace(/^\*\./, `${account}.`);

/** Services that the agents' stand-ins and Docker use. */
const used = ["ecs-agent", "ecs", "ssm", "logs", "ecr.api", "ecr.dkr", "s3"];

interface Way {
  readonly name: string;
  readonly addresses: readonly string[];
}

const waysOf = (endpoints: readonly DesiredEndpoint[]): readonly Way[] =>
  endpoints.flatMap(({ names, addresses }) =>
    names.map((name) => ({
      name: example(name),
      addresses: addresses.map(({ address }) => address).toSorted(),
    })),
  );

/** For each `NAME ADDRESS…` of its input: what the name resolves to, and the addresses where TLS for it is valid. */
const look = `
while read -r name addresses; do
  echo "$name resolves" $(getent ahostsv4 "$name" | cut -d' ' -f 1 | sort -u)
  for address in $addresses; do
    curl --silent --output /dev/null --max-time 5 --resolve "$name:443:$address" "https://$name/" && echo "$name answers $address"
  done
done`;

async function lookFrom(node: string, ways: readonly Way[]): Promise<readonly string[]> {
  const asked = ways.map(({ name, addresses }) => `${name} ${addresses.join(" ")}\n`).join("");
  const seen = (await inHost(node, ["sh", "-c", look], asked)).trim().split("\n");
  const wanted = ways.flatMap(({ name, addresses }) => [
    `${name} resolves ${addresses.join(" ")}`,
    ...addresses.map((address) => `${name} answers ${address}`),
  ]);
  return wanted.filter((line) => !seen.includes(line)).map((line) => `${node}: does not hold: ${line}`);
}

const fetchPublic = [
  ...["curl", "--silent", "--output", "/dev/null", "--max-time", "3"],
  ...["--resolve", `${mirrorHost}:80:${aws.address}`, `http://${mirrorHost}/Packages`],
];

/** A public address that answers the laptop, and no host. */
async function assertCut(): Promise<void> {
  await run(fetchPublic, { netns: laptop });
  const reached = await Promise.all(
    labHosts().map(async ({ name }) => {
      const answers = [fetchPublic, ["ping", "-c", "1", "-W", "1", "-q", aws.address]].map((probe) =>
        inHost(name, probe).then(
          () => true,
          () => false,
        ),
      );
      return (await Promise.all(answers)).some(Boolean) ? [name] : [];
    }),
  );
  assert.deepEqual(reached.flat(), [], `reach ${aws.address} by the internet`);
}

/** Packets that the node's own firewall has refused. */
async function refused(node: string): Promise<number> {
  const said = await inHost(node, [
    "nft",
    "--json",
    "list",
    "counter",
    ...nftTable.split(" "),
    "host_rejected",
  ]);
  const { nftables } = JSON.parse(said) as { nftables: { counter?: { packets: number } }[] };
  return nftables.find(({ counter }) => counter)?.counter?.packets ?? 0;
}

/** The router would drop what a node sends; its own firewall refuses it before that: at once, and counts it. */
async function assertRefusedByOwnFirewall(node: string): Promise<void> {
  const before = await refused(node);
  const couldNotConnect = 7;
  const ended = await inHost(node, ["sh", "-c", '"$@" || echo $?', "sh", ...fetchPublic]);
  assert.equal(Number(ended), couldNotConnect, `${node}: how curl ends on ${aws.address} (28: no refusal)`);
  assert((await refused(node)) > before, `${node}: its firewall counted no packet`);
}

export default check({
  title: "Every node reaches AWS at its endpoints' private addresses, and nothing over the internet",
  details:
    "Every endpoint's names resolve on every node to its addresses, with valid TLS there. No host reaches a public address; each node's own firewall refuses at once, and counts. AWS saw no call of a host from the internet",
  run: async () => {
    const { endpoints } = await cloud.network();
    const ways = waysOf(endpoints);
    assert(ways.length >= used.length, `only ${ways.length} names of endpoints`);
    const wrong = await Promise.all(labNodes().map(({ name }) => lookFrom(name, ways)));
    assert.deepEqual(wrong.flat(), []);
    await assertCut();
    await Promise.all(labNodes().map(({ name }) => assertRefusedByOwnFirewall(name)));
    const { since, passages } = await cloud.passages();
    const strayed = passages.filter(({ door, from }) => door === "internet" && from === site.publicAddress);
    assert.deepEqual(strayed, [], `hosts came to AWS by the internet since ${since}`);
    const byEndpoints = passages.filter(({ door }) => door !== "internet");
    for (const { name, address } of labNodes()) {
      const doors = byEndpoints.filter(({ from }) => from === address).map(({ door }) => door);
      const missing = used.filter(
        (service) => !endpoints.some((e) => e.service === service && doors.includes(e.id)),
      );
      assert.deepEqual(missing, [], `endpoints that ${name} has not used since ${since}`);
    }
    const calls = byEndpoints.reduce((sum, { calls }) => sum + calls, 0);
    return `${ways.length} names on ${labNodes().length} nodes; ${calls} calls by the endpoints, 0 by the internet`;
  },
});
