/**
 * The whole virtual world: brings it up from nothing, or from what a killed run left, and removes it without a trace.
 */
import { mkdirSync } from "node:fs";
import { buildCa, ca } from "./ca.ts";
import { removeTree } from "./cached.ts";
import { existingHosts } from "./disk.ts";
import { clearNspawnLocks, hostRuns, startHost, stopHost, waitForHost } from "./host.ts";
import { buildKeys, person, publicKey } from "./keys.ts";
import { createNetwork, networkStands, removeNetwork } from "./network.ts";
import { paths } from "./paths.ts";
import { recorded, stop } from "./process.ts";
import { buildRootfs, rootfsIsCurrent } from "./rootfs.ts";
import { startRouter } from "./router.ts";
import { type SiteInternet, setSiteInternet } from "./site-internet.ts";
import { startSiteMirror } from "./site-mirror.ts";
import { buildTools } from "./tools.ts";
import { endpoints, type HostSpec, hostsOf, mostNodes } from "./topology.ts";
import { endpointRuns, startEndpoint } from "./vpn-endpoint.ts";

export interface UpOptions {
  /** The wanted number of nodes beside the gateway. */
  readonly nodes: number;
  /** The hosts' internet access, set before they boot. */
  readonly internet: SiteInternet;
  readonly progress: (text: string) => void;
}

export interface LabHost extends HostSpec {
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

/** The hosts as the stack's configuration has them. Their keys exist once `up` has run. */
export const hosts = (nodes: number): readonly LabHost[] =>
  hostsOf(nodes).map((host) => ({ ...host, hostKey: publicKey(host.name) }));

export interface UpResult {
  /** The wanted hosts, and the surplus ones. */
  readonly hosts: readonly HostSpec[];
  /** Hosts whose disk is new. */
  readonly fresh: readonly string[];
  /** Those of them that had a disk before: what a stack did to them is gone. */
  readonly lost: readonly string[];
}

/** Hosts that exist but are no longer wanted. The stack must reach them until it no longer has them. */
export const surplusHosts = (nodes: number): readonly string[] => {
  const wanted = hostsOf(nodes).map(({ name }) => name);
  return existingHosts().filter((name) => !wanted.includes(name));
};

/** Switches them off and removes their disks. */
export async function removeSurplusHosts(nodes: number): Promise<void> {
  await Promise.all(surplusHosts(nodes).map(removeHost));
  startRouter(hostsOf(nodes));
}

/** Brings the world up, including surplus hosts, and does not touch what already runs. */
export async function up({ nodes, internet, progress }: UpOptions): Promise<UpResult> {
  for (const dir of [paths.log, paths.run, paths.hosts]) mkdirSync(dir, { recursive: true });
  const before = existingHosts();
  const surplus = surplusHosts(nodes);
  const all = [...hostsOf(nodes), ...hostsOf(mostNodes).filter(({ name }) => surplus.includes(name))];
  const names = all.map((host) => host.name);
  if (!rootfsIsCurrent()) await stopEverything("cut");
  await buildRootfs(progress);
  const [newTools] = await Promise.all([buildTools(), buildCa(), buildKeys([person, ...names])]);

  if (newTools || !(await networkStands())) {
    progress("network");
    await stopEverything("cut");
    await removeNetwork();
    await createNetwork();
  }
  await setSiteInternet(internet);
  startRouter(all);
  startSiteMirror();
  progress(`${names.join(", ")}: booting`);
  const booted = all.map(async (host) => {
    const fresh = await startHost(host);
    await waitForHost(host);
    return fresh ? [host.name] : [];
  });
  const [booting] = await Promise.all([
    Promise.all(booted),
    ...endpoints.map(({ number }) => startEndpoint(number)),
  ]);
  const fresh = booting.flat();
  return { hosts: all, fresh, lost: fresh.filter((name) => before.includes(name)) };
}

async function removeHost(name: string): Promise<void> {
  await stopHost(name);
  await removeTree(paths.host(name));
}

/** Stops every process of the lab; shuts the hosts down cleanly unless their power is cut. */
async function stopEverything(power: "off" | "cut"): Promise<void> {
  await Promise.all(existingHosts().map((name) => stopHost(name, power)));
  await Promise.all(recorded().map((name) => stop(name)));
}

/** Removes the world: no process, namespace, mount, cgroup or disk of a host remains; what is costly to build stays. */
export async function down(): Promise<void> {
  await stopEverything("off");
  await removeNetwork();
  for (const name of existingHosts()) await removeTree(paths.host(name));
  await clearNspawnLocks();
  await removeTree(paths.run);
}

export interface WorldStatus {
  readonly network: boolean;
  readonly hosts: readonly { readonly name: string; readonly runs: boolean }[];
  readonly endpoints: readonly { readonly number: number; readonly runs: boolean }[];
}

export const status = async (): Promise<WorldStatus> => ({
  network: await networkStands(),
  hosts: existingHosts().map((name) => ({ name, runs: hostRuns(name) })),
  endpoints: endpoints.map(({ number }) => ({ number, runs: endpointRuns(number) })),
});

export { ca };
