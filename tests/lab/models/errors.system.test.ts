/** AWS's service models judge the codes of the simulated AWS's refusals, where they name codes at all. */
import test from "ava";
import type { Kind } from "../../../lab/aws/kind.ts";
import { kinds } from "../../../lab/aws/services.ts";
import { commonCodes, privateOperations, unnamedCodes } from "../../../lab/models/differences.ts";
import { errorCodes } from "../../../lab/models/model.ts";
import { refusals } from "../../../lab/provenance/refusals.ts";
import { modelOf } from "./support/judged.ts";

/** Files that refuse on behalf of a service without having a kind of their own; the key is the beginning of their names. */
const services: Readonly<Record<string, string>> = {
  "api/call": "SSM",
  "api/dispatch": "STS",
  "api/json/ecr": "ECR",
  "api/json/ecs": "ECS",
  "api/json/logs": "CloudWatch Logs",
  "api/json/ssm": "SSM",
  aws: "ECS",
  "cluster/": "ECS",
  "connectivity/": "EC2",
  "control/expression": "ECS",
  "control/instances": "ECS",
  "control/log-store": "CloudWatch Logs",
  "control/managed-instances": "SSM",
  "control/policy": "ECS",
  "control/tasks": "ECS",
  "identity/policy-document": "IAM",
  "load-balancing/certificate": "ACM",
  "load-balancing/": "Elastic Load Balancing v2",
  "network/": "EC2",
  "private-connectivity/": "EC2",
  "service/": "ECS",
};

const exported = new Map<unknown, string>();
for (const file of new Set(refusals().map(({ service }) => service))) {
  const own: Record<string, unknown> = await import(`../../../lab/aws/services/${file}.ts`).catch(() => ({}));
  for (const value of Object.values(own)) exported.set(value, file);
}
const kindsIn = (file: string): Kind[] => [...kinds.values()].filter((kind) => exported.get(kind) === file);

/** Returns the codes that the models name for what the kinds of a file do; undefined where the models name none. */
function named(file: string): ReadonlySet<string> | undefined {
  const operations = kindsIn(file).flatMap((kind) =>
    (["create", "update", "delete"] as const).flatMap((verb) => kind.operations(verb)),
  );
  if (operations.length === 0) {
    const service = Object.entries(services).find(([start]) => file.startsWith(start))?.[1];
    if (service === undefined) throw new Error(`lab/aws/${file}: which service does it refuse for?`);
    return service === "EC2" ? undefined : errorCodes(modelOf(service));
  }
  const of = operations.map((name) => name.split(": ")).filter(([service]) => service !== "EC2");
  if (of.length === 0) return undefined;
  return new Set(
    of.flatMap(([service = "", operation = ""]) => [...errorCodes(modelOf(service), operation)]),
  );
}

test("AWS's models name each code that the simulated AWS refuses with", (t) => {
  const isListed = (code: string) =>
    commonCodes.includes(code) || unnamedCodes.some(({ name }) => name === code);
  const unknown = refusals().flatMap(({ service: file, code }) => {
    const codes = named(file);
    return codes === undefined || codes.has(code) || isListed(code) ? [] : [`${file}: ${code}`];
  });
  t.deepEqual([...new Set(unknown)], []);
});

test("a code that a model names is not listed as one that it does not", (t) => {
  const superfluous = unnamedCodes.filter(({ service, name }) => errorCodes(modelOf(service)).has(name));
  t.deepEqual(superfluous, []);
});

test("an operation that a model has is not listed as one that it does not", (t) => {
  const superfluous = privateOperations.filter(({ service, name }) =>
    Object.hasOwn(modelOf(service).operations, name),
  );
  t.deepEqual(superfluous, []);
});
