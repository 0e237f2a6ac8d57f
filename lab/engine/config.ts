/**
 * A stack's configuration: turns a plain object into what the engine stores; secrets never appear in an argument list.
 */
import type { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { hybridConfig } from "../../config/schema.ts";

export type StackConfig = z.input<typeof hybridConfig>;

interface Node {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
}

/** Returns whether the value contains something that the schema marks as secret. */
export function holdsSecret(node: Node | undefined, value: unknown): boolean {
  if (node === undefined || value === undefined) return false;
  if (node.secret === true) return true;
  if (typeof value !== "object" || value === null) return false;
  const rest = typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
  return Object.entries(value).some(([key, inner]) => holdsSecret(node.properties?.[key] ?? rest, inner));
}

const schema = () => z.toJSONSchema(hybridConfig, { io: "input" }) as Node;

/**
 * Sets the stack's configuration to exactly this one.
 * @param setSecret stores one value encrypted, given its full key
 */
export async function writeConfig(
  workspace: LocalWorkspace,
  stackName: string,
  project: string,
  region: string,
  config: StackConfig,
  setSecret: (key: string, value: string) => Promise<void>,
): Promise<void> {
  const top = schema().properties ?? {};
  const entries = Object.entries(config).filter(([, value]) => value !== undefined);
  const secrets = entries.filter(([key, value]) => holdsSecret(top[key], value));
  const plain = entries.filter((entry) => !secrets.includes(entry));
  const settings = await workspace.stackSettings(stackName);
  await workspace.saveStackSettings(stackName, {
    ...settings,
    config: {
      "aws:region": region,
      ...Object.fromEntries(plain.map(([key, value]) => [`${project}:${key}`, value])),
    },
  });
  for (const [key, value] of secrets) await setSecret(`${project}:${key}`, JSON.stringify(value));
}
