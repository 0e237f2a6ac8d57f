import { strict as assert } from "node:assert";
import { dnsServerNames } from "../../../limits/dns-servers.ts";
import { program } from "../../../pi/converge.ts";
import { type DnsForwardingArgs, dnsForwarding } from "../../../pi/steps/dns-forwarding.ts";
import { killResolverAddress, restartResolverAddress } from "../../aws/data-plane/faults.ts";
import { cloud } from "../../cloud.ts";
import { firstNode } from "../../hosts.ts";
import { seconds } from "../../progress.ts";
import { inHost } from "../../world/host.ts";
import { region } from "../../world/topology.ts";
import { check } from "../check.ts";
import { shippedSteps } from "../support/drift.ts";
import { addressesOn, freshName, privateAddresses } from "../support/fresh-name.ts";
import { takeSnapshot } from "../support/snapshot.ts";

const converge = (node: string, text: string) => inHost(node, ["sh", "-s", "--", "converge"], text);
const undo = (node: string, text: string) => inHost(node, ["sh", "-s", "--", "undo"], text);

const onHost = (node: string) => addressesOn(node, freshName());

const lookUp = (name: string) =>
  `require("dns").lookup("${name}", { all: true, family: 4 }, (e, found) => console.log(e ? "" : found.map((a) => a.address).sort().join(" ")))`;

/** The same in a new container in Docker's own network, whose name servers Docker chooses now. */
async function inContainer(node: string, image: string): Promise<readonly string[]> {
  const run = ["docker", "run", "--rm", "--entrypoint", "node", image, "-e", lookUp(freshName())];
  return (await inHost(node, run)).trim().split(" ");
}

/** Image of the page's container, which has Node.js. */
async function pageImage(node: string): Promise<string> {
  const listed = await inHost(node, ["docker", "ps", "--format", "{{.Image}} {{.Names}}"]);
  const [image] =
    listed
      .split("\n")
      .find((line) => line.includes("hits"))
      ?.split(" ") ?? [];
  assert(image, `${node} runs no container of the page`);
  return image;
}

/** Returns the state of a node: everything that a step may change, and its name servers, but no counters. */
async function stateOf(node: string): Promise<readonly string[]> {
  const lines = `${await takeSnapshot(node)}${await inHost(node, ["cat", "/etc/resolv.conf"])}`.split("\n");
  return lines.map((line) => line.replace(/packets \d+ bytes \d+/, ""));
}

/** One server on the node: what it answers, with all addresses of the resolver, with one, with none. */
async function holds(node: string, image: string, dead: readonly string[], wanted: readonly string[]) {
  assert.deepEqual(await onHost(node), wanted, "on the host");
  assert.deepEqual(await inContainer(node, image), wanted, "in a container");
  const [first = "", ...others] = dead;
  try {
    await killResolverAddress(first);
    const since = Date.now();
    assert.deepEqual(await onHost(node), wanted, `${first} dead`);
    const took = seconds(since);
    for (const address of others) await killResolverAddress(address);
    assert.deepEqual(await onHost(node), [], "all dead: no address, above all no public one");
    return took;
  } finally {
    for (const address of dead) await restartResolverAddress(address);
  }
}

export default check({
  title: "Each of the DNS servers on a node: private answers for it and its containers, or none; then gone",
  after: "zone-lost",
  run: async () => {
    const { resolvers } = await cloud.network();
    const addresses = resolvers
      .filter(({ direction }) => direction === "INBOUND")
      .flatMap((resolver) => resolver.addresses.map(({ address }) => address));
    const wanted = await privateAddresses();
    const { name: node } = firstNode();
    const shipped = (await shippedSteps()).find(
      (step) => step.host === node && step.name === "dns-forwarding",
    );
    assert(shipped && wanted.length > 0, "the stack has no DNS forwarding on its nodes");
    const image = await pageImage(node);
    const seen: string[] = [];
    await undo(node, shipped.program);
    try {
      const bare = await stateOf(node);
      for (const server of dnsServerNames) {
        const args: DnsForwardingArgs = {
          server,
          domains: [`${region}.amazonaws.com`, `${region}.api.aws`],
          resolvers: addresses,
          role: "node",
        };
        const text = program(dnsForwarding(args));
        try {
          await converge(node, text);
          seen.push(`${server}: one address dead: ${await holds(node, image, addresses, wanted)}`);
        } finally {
          await undo(node, text);
        }
        const now = await stateOf(node);
        const came = now.filter((line) => !bare.includes(line)).map((line) => `+ ${line}`);
        const went = bare.filter((line) => !now.includes(line)).map((line) => `- ${line}`);
        assert.deepEqual([...went, ...came], [], `${server} left something`);
      }
    } finally {
      await converge(node, shipped.program);
    }
    assert.deepEqual(await onHost(node), wanted, "the configured server is back");
    return seen.join("; ");
  },
});
