/** The page and its load balancers, as a person reaches them. */
import { strict as assert } from "node:assert";
import { carryOut } from "../../operations.ts";
import { run } from "../../world/run.ts";
import { laptop } from "../../world/topology.ts";

type Outputs = Readonly<Record<string, unknown>>;
let outputs: Promise<Outputs> | undefined;

/** Returns the stack's outputs; asked once per process, since no check creates another load balancer. */
function stackOutputs(): Promise<Outputs> {
  outputs ??= carryOut({ operation: "outputs", stack: "lab" }).then((outcome) => outcome.outputs);
  return outputs;
}

/** Spares the checks the question: an `up` has just answered it. */
export function knowOutputs(known: Outputs): void {
  outputs = Promise.resolve(known);
}

/** Returns the address of a load balancer from the stack's outputs. */
export async function urlOf(name: string): Promise<string> {
  const { loadBalancers } = await stackOutputs();
  const balancer = (loadBalancers as Record<string, { url: string } | undefined>)[name];
  assert(balancer, `the stack has no load balancer \`${name}\`; run \`npm run lab\``);
  return balancer.url;
}

/** Returns the address of the page. */
export const pageUrl = (): Promise<string> => urlOf("web");

/** Fetches the page from the laptop and returns the number of hits it shows. Throws if the page shows none. */
export async function hits(url: string): Promise<number> {
  const html = await run(["curl", "--silent", "--show-error", "--fail", "--max-time", "4", url], {
    netns: laptop,
  });
  const [, count] = /<output id="hits">(\d+)</.exec(html) ?? [];
  assert(count, `${url}: no hit count in the page`);
  return Number(count);
}
