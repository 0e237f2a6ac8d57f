/** A host's disk: an overlay over Debian that is seeded once and then belongs to the host. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { trustStoreFiles } from "./ca.ts";
import { digest, removeTree, stampIn } from "./cached.ts";
import { hostSeed, type Seed, userId } from "./host-files.ts";
import { person, privateKey, publicKey } from "./keys.ts";
import { paths } from "./paths.ts";
import type { HostSpec } from "./topology.ts";

async function seedOf(host: HostSpec): Promise<Seed> {
  const seed = hostSeed(host, {
    hostPrivateKey: privateKey(host.name),
    hostPublicKey: publicKey(host.name),
    personPublicKey: publicKey(person),
  });
  const trust = Object.entries(await trustStoreFiles()).map(([path, content]) => ({ path, content }));
  return { ...seed, files: [...seed.files, ...trust] };
}

/** Copies a seed into a root that is not in use yet. */
export function writeSeed(root: string, { files, links }: Seed): void {
  for (const { path, mode, content, ofUser } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: mode ?? 0o644 });
    if (ofUser !== true) continue;
    for (const own of [file, dirname(file), dirname(dirname(file))]) chownSync(own, userId, userId);
    chmodSync(dirname(file), 0o700);
  }
  for (const { path, target } of links) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
}

const stampOf = (host: HostSpec) => join(paths.host(host.name), "seed.stamp");
const wantedStamp = (seed: Seed) => digest([stampIn(paths.debian), seed]);

const isCurrent = (host: HostSpec, seed: Seed) =>
  existsSync(stampOf(host)) && readFileSync(stampOf(host), "utf8") === wantedStamp(seed);

/** Returns whether the host's disk was made from this Debian and this seed. */
export const diskIsCurrent = async (host: HostSpec) => isCurrent(host, await seedOf(host));

/** Ensures that a host that is off has a current disk. Returns true when the disk is new. */
export async function ensureDisk(host: HostSpec): Promise<boolean> {
  const folder = paths.host(host.name);
  const seed = await seedOf(host);
  if (isCurrent(host, seed)) return false;
  await removeTree(folder);
  for (const part of ["up", "work", "root", "docker", "firmware"])
    mkdirSync(join(folder, part), { recursive: true });
  writeSeed(join(folder, "up"), seed);
  writeFileSync(stampOf(host), wantedStamp(seed));
  return true;
}

/** Removes the disk of a host that is off: it will start on a new one. */
export const dropDisk = (name: string) => removeTree(paths.host(name));

/** Returns the names of the hosts that have a disk. */
export const existingHosts = (): readonly string[] =>
  existsSync(paths.hosts) ? readdirSync(paths.hosts).filter((name) => !name.includes(".")) : [];
