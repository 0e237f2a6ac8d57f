/** A stack's configuration file, `Pulumi.<stack>.yaml`, as the tools read and edit it. */
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Document, isMap, parse, parseDocument } from "yaml";
import { InvalidInput } from "../config/errors.ts";

export interface StackFile {
  readonly path: string;
  /** Namespace of the program's own settings: the project's name. */
  readonly project: string;
  /** The file with its comments. Change it in place, then `saveStackFile`. */
  readonly document: Document.Parsed;
}

/**
 * Opens a stack's file.
 *
 * @param folder the folder of Pulumi.yaml
 * @throws InvalidInput when there is no such stack, or its file is not YAML
 */
export async function openStackFile(folder: string, stack: string): Promise<StackFile> {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  const known = (await readdir(folder)).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  if (!known.includes(stack)) {
    throw new InvalidInput([
      {
        field: "STACK",
        value: stack,
        rule: `must be a stack of this project: there is no Pulumi.${stack}.yaml`,
        remedy: `choose one of ${known.sort().join(", ")}, or create it with \`pulumi stack init ${stack}\``,
      },
    ]);
  }
  const { name } = parse(await readFile(join(folder, "Pulumi.yaml"), "utf8")) as { name: string };
  const document = parseDocument(await readFile(path, "utf8"));
  const [first] = document.errors;
  if (first !== undefined || !isMap(document.contents)) {
    throw new InvalidInput([
      {
        field: `Pulumi.${stack}.yaml`,
        value: first?.message ?? "no mapping",
        rule: "must be a YAML mapping",
        remedy: "correct the file: `git diff` shows what changed last",
      },
    ]);
  }
  return { path, project: name, document };
}

/** Writes the file, whole or not at all, in the format of the pulumi CLI, so that neither undoes the other's format. */
export async function saveStackFile({ path, document }: StackFile): Promise<void> {
  await writeFile(`${path}.new`, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
  await rename(`${path}.new`, path);
}

/**
 * Returns the program's settings as plain data, by their key without the namespace. Encrypted values are omitted, since the
 * tools need no secrets.
 */
export function settings({ document, project }: StackFile): Record<string, unknown> {
  const { config } = document.toJS() as { config?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config ?? {}).flatMap(([key, value]) =>
      key.startsWith(`${project}:`) ? [[key.slice(project.length + 1), withoutSecrets(value) ?? {}]] : [],
    ),
  );
}

/** Returns the value without its encrypted parts; undefined if nothing remains. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return undefined;
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const plain = withoutSecrets(inner);
    return plain === undefined ? [] : [[key, plain] as const];
  });
  return kept.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(kept);
}

/**
 * Fills in stand-ins for what only the owner of a home knows, where it is still missing: the public address, the hosts'
 * keys, the image in a registry of one's own. So a stack can be priced or previewed before it is complete.
 */
export function withStandIns(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const each = (value: unknown, standIn: object) =>
    Object.fromEntries(
      Object.entries(mapping(value)).map(([name, inner]) => [name, { ...standIn, ...mapping(inner) }]),
    );
  return {
    ...config,
    site: { publicAddress: "198.51.100.7", ...mapping(config.site) },
    hosts: each(config.hosts, { hostKey: standInKey }),
    services: each(config.services, { image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/hit-counter:1" }),
  };
}

/** A public key that no host has. */
const standInKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

const mapping = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
