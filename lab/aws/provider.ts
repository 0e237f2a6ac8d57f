/**
 * The Pulumi provider `aws` of the lab: a thin process that passes the engine's calls to the simulated AWS. The engine
 * attaches to the port that it prints (`PULUMI_DEBUG_PROVIDERS=aws:PORT`).
 *
 * ```
 * node lab/aws/provider.ts --socket FILE
 * ```
 */
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { parseArgs } from "node:util";
import {
  type CheckResult,
  type CreateResult,
  type DiffResult,
  type InvokeResult,
  main,
  type Provider,
  type ReadResult,
  type UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import type { Checked, ReadBack } from "./aws.ts";
import { planKey } from "./bridge.ts";
import type { Diff } from "./diff.ts";
import "./imports.ts";
import { containsSecret, plainRecord, secret } from "./values.ts";

type Properties = Record<string, unknown>;

const { values } = parseArgs({ options: { socket: { type: "string" } }, strict: false });
const socketPath = String(values.socket);

const ask = <T>(call: string, body: unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: `/provider/${call}`, method: "POST" }, (response) => {
      json(response).then((answer) => {
        if (response.statusCode === 200) resolve(answer as T);
        else reject(new Error((answer as { message: string }).message));
      }, reject);
    });
    sent.on("error", (error) =>
      reject(
        new Error(
          `the simulated AWS does not answer at ${socketPath} (${error.message}); run \`npm run lab\``,
        ),
      ),
    );
    sent.end(JSON.stringify(body));
  });

/** Returns the type token and the name in a URN: `urn:pulumi:stack::project::parent$type::name`. */
function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Marks outputs as secret where the schema does, or where the program gave a secret. */
const guarded = (outputs: Properties, secrets: readonly string[], given: Properties): Properties =>
  Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [
      key,
      key === planKey || secrets.includes(key) || containsSecret(given[key]) ? secret(value) : value,
    ]),
  );

interface Updated {
  readonly outputs: Properties;
  readonly secrets: string[];
  /** Why the resource exists but is not as the program asked. */
  readonly failure?: string;
}

interface Made extends Updated {
  readonly id: string;
}

/** With these fields the SDK tells the engine to keep these properties in its state and to update the resource next time. */
class DoneInPart extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: readonly string[];

  constructor(id: string, properties: Properties, reason: string) {
    super(reason);
    this.id = id;
    this.properties = properties;
    this.reasons = [reason];
  }
}

const provider: Provider = {
  version: "7.48.0",

  async check(urn, olds: Properties, news: Properties): Promise<CheckResult> {
    const { type, name } = partsOf(urn);
    const asked = { type, name, olds: plainRecord(olds), news: plainRecord(news) };
    const { inputs, failures } = await ask<Checked>("check", asked);
    // The engine's own values, secrets included, and the generated name.
    return { inputs: { ...inputs, ...news }, failures: [...failures] };
  },

  async diff(id, urn, olds: Properties, news: Properties): Promise<DiffResult> {
    const { type } = partsOf(urn);
    const found = await ask<Diff>("diff", { type, id, olds: plainRecord(olds), news: plainRecord(news) });
    return { ...found, replaces: [...found.replaces] };
  },

  async create(urn, inputs: Properties): Promise<CreateResult> {
    const made = await ask<Made>("create", { ...partsOf(urn), inputs: plainRecord(inputs) });
    const outs = guarded(made.outputs, made.secrets, inputs);
    if (made.failure !== undefined) throw new DoneInPart(made.id, outs, made.failure);
    return { id: made.id, outs };
  },

  async update(id, urn, olds: Properties, news: Properties): Promise<UpdateResult> {
    const asked = { ...partsOf(urn), id, olds: plainRecord(olds), news: plainRecord(news) };
    const { outputs, secrets, failure } = await ask<Updated>("update", asked);
    const outs = guarded(outputs, secrets, news);
    if (failure !== undefined) throw new DoneInPart(id, outs, failure);
    return { outs };
  },

  async delete(id, urn, olds: Properties): Promise<void> {
    await ask("delete", { ...partsOf(urn), id, olds: plainRecord(olds) });
  },

  async read(id, urn, props: Properties = {}): Promise<ReadResult> {
    const { type } = partsOf(urn);
    const found = await ask<Partial<ReadBack> & { secrets?: string[] }>("read", {
      type,
      id,
      olds: plainRecord(props),
    });
    if (found.outputs === undefined) return { id: "", props: {} };
    const secrets = found.secrets ?? [];
    return {
      id,
      props: guarded(found.outputs, secrets, props),
      inputs: guarded({ ...found.inputs }, secrets, props),
    };
  },

  async invoke(token, args: Properties): Promise<InvokeResult> {
    return { outputs: await ask<Properties>("invoke", { token, args: plainRecord(args) }) };
  },
};

await main(provider, process.argv.slice(2));
