/**
 * Providers that answer at once, for the engine's own time: `aws` is the simulated AWS without its network and without a wait,
 * `command` is hosts on which every step is in force as soon as it is asked for.
 *
 * ```
 * node lab/instant/provider.ts aws|command
 * ```
 */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import { Aws } from "../aws/aws.ts";
import { containsSecret, containsUnknown, plainRecord, secret } from "../aws/values.ts";
import { account, region } from "../world/topology.ts";

type Properties = Record<string, unknown>;

/** Type token and name out of a URN: `urn:pulumi:stack::project::parent$type::name`. */
function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

function instantAws(): Provider {
  const aws = new Aws({ region, account });
  const guarded = (type: string, outputs: Properties, given: Properties): Properties =>
    Object.fromEntries(
      Object.entries(outputs).map(([key, value]) => [
        key,
        aws.secrets(type).includes(key) || containsSecret(given[key]) ? secret(value) : value,
      ]),
    );
  return {
    version: "7.48.0",
    check: async (urn: string, olds: Properties, news: Properties) => {
      const { type, name } = partsOf(urn);
      const { inputs, failures } = aws.check(type, name, plainRecord(olds), plainRecord(news));
      return { inputs: { ...inputs, ...news }, failures: [...failures] };
    },
    diff: async () => ({ changes: false }),
    create: async (urn: string, inputs: Properties) => {
      const { type } = partsOf(urn);
      const { id, outputs } = aws.create(type, plainRecord(inputs));
      return { id, outs: guarded(type, { ...outputs }, inputs) };
    },
    delete: async () => undefined,
    invoke: async (token: string, args: Properties) => ({ outputs: aws.invoke(token, plainRecord(args)) }),
  };
}

/** What a step says, as far as other resources read it. */
const facts: Readonly<Record<string, Properties>> = {
  "vpn-gateway": { tunnel1: "UP", tunnel2: "UP" },
  fan: { temperatureCelsius: "48.3" },
  "ecs-agent": {
    managedInstanceId: "mi-0123456789abcdef0",
    containerInstanceArn: `arn:aws:ecs:${region}:${account}:container-instance/home/0123456789abcdef0123456789abcdef`,
  },
};

/** As the provider `command` compares: a copy's asset has another path in each run, and is looked at by what it holds. */
function hasChanged(olds: Properties, news: Properties): boolean {
  const compared = Object.keys(news).filter((key) => !containsUnknown(news[key]));
  const [before, after] = [plainRecord(olds), plainRecord(news)];
  const hashOf = (asset: unknown) => (asset as { readonly hash?: string } | undefined)?.hash;
  return compared.some((key) =>
    key === "source"
      ? hashOf(before[key]) !== hashOf(after[key])
      : !isDeepStrictEqual(before[key], after[key]),
  );
}

function answered(urn: string, inputs: Properties): Properties {
  const { type, name } = partsOf(urn);
  const step = Object.keys(facts).find((step) => name.endsWith(step)) ?? name;
  const answer = { step, changed: ["/etc/x"], facts: facts[step] ?? {} };
  return type.endsWith("Command")
    ? { ...inputs, stdout: JSON.stringify(answer), stderr: `${step}: changes /etc/x` }
    : inputs;
}

const instantHosts = (): Provider => ({
  version: "1.2.1",
  // As the real one: the private key is in the connection.
  check: async (_urn: string, _olds: Properties, news: Properties) => ({
    inputs: news.connection === undefined ? news : { ...news, connection: secret(news.connection) },
  }),
  diff: async (_id: string, _urn: string, olds: Properties, news: Properties) => ({
    changes: hasChanged(olds, news),
  }),
  create: async (urn: string, inputs: Properties) => ({
    id: randomBytes(16).toString("hex"),
    outs: answered(urn, inputs),
  }),
  update: async (_id: string, urn: string, _olds: Properties, news: Properties) => ({
    outs: answered(urn, news),
  }),
  delete: async () => undefined,
});

const [pkg, ...args] = process.argv.slice(2);
await main(pkg === "aws" ? instantAws() : instantHosts(), args);
