import { strict as assert } from "node:assert";
import { carryOut } from "../operations.ts";
import { readSettings } from "../settings.ts";
import { redisNode } from "../stack-config.ts";
import { inHost } from "../world/host.ts";
import { run } from "../world/run.ts";
import { type HostSpec, hostsOf, laptop } from "../world/topology.ts";

/** One claim about the running lab. */
export interface Check {
  /** What `npm run lab -- check NAME` calls it. */
  readonly name: string;
  readonly title: string;
  /** Fewest nodes that the claim makes sense with. Default: 1. */
  readonly nodes?: number;
  /** Looks, and returns what was seen; throws when the claim does not hold. */
  readonly run: () => Promise<string>;
}

/** The page, fetched from the laptop: the number of hits it shows. Throws unless it answers with a count. */
export async function hits(url: string): Promise<number> {
  const html = await run(["curl", "--silent", "--show-error", "--fail", "--max-time", "4", url], {
    netns: laptop,
  });
  const [, count] = /<output id="hits">(\d+)</.exec(html) ?? [];
  assert(count, `${url}: no hit count in the page`);
  return Number(count);
}

interface Container {
  readonly Config: { readonly Env: readonly string[] };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly State: { readonly Health?: { readonly Status: string } };
}

type Outputs = Readonly<Record<string, unknown>>;
let outputs: Promise<Outputs> | undefined;

/** What the stack puts out; asked once a process, since no check makes another load balancer. */
const stackOutputs = () => {
  outputs ??= carryOut({ operation: "outputs", stack: "lab" }).then((outcome) => outcome.outputs);
  return outputs;
};

/** Spares the checks the question: an `up` has just told. */
export const knowOutputs = (told: Outputs): void => {
  outputs = Promise.resolve(told);
};

/** The running container of a service on a host, as Docker has it; undefined where there is none. */
export async function containerOf(service: string, host: string): Promise<Container | undefined> {
  const label = `label=com.amazonaws.ecs.container-name=${service}`;
  const id = (await inHost(host, ["docker", "ps", "--quiet", "--filter", label])).trim();
  if (id === "") return undefined;
  const [container] = JSON.parse(await inHost(host, ["docker", "inspect", id])) as Container[];
  return container;
}

/** Address of a load balancer, as the stack puts it out. */
export async function urlOf(name: string): Promise<string> {
  const { loadBalancers } = await stackOutputs();
  const balancer = (loadBalancers as Record<string, { url: string } | undefined>)[name];
  assert(balancer, `the stack has no load balancer \`${name}\`; run \`npm run lab\``);
  return balancer.url;
}

/** Address of the page. */
export const pageUrl = (): Promise<string> => urlOf("web");

export const labHosts = (): readonly HostSpec[] => hostsOf(readSettings().nodes);

export const labNodes = (): readonly HostSpec[] => labHosts().filter(({ roles }) => roles.includes("node"));

/** For a claim that one node, whichever it is, is enough for. */
export function firstNode(): HostSpec {
  const [node] = labNodes();
  assert(node);
  return node;
}

export function gatewayHost(): HostSpec {
  const gateway = labHosts().find(({ roles }) => roles.includes("gateway"));
  assert(gateway);
  return gateway;
}

/** The node that Redis is pinned to. */
export function pinnedNode(): HostSpec {
  const node = redisNode(labHosts());
  assert(node);
  return node;
}

export const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
