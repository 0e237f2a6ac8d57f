/**
 * The home router's DNS: Amazon's names lead to the simulated AWS, as does GitHub's for the installer's keys; a load
 * balancer's to its addresses, a host's to the host, and no other name exists. Route 53 in the VPC
 * knows the same names.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keysHost } from "../agents/packages.ts";
import { paths } from "./paths.ts";
import { start } from "./process.ts";
import { inTools } from "./tools.ts";
import { aws, type HostSpec, internet, mirrorHost, site } from "./topology.ts";

/** Where a dnsmasq finds `paths.dns`. */
export const dnsFolder = "/run/lab";
/** Folders of files in the format of hosts(5), which a dnsmasq reads again automatically when they change. */
const world = "world";
const ofSite = "site";

/** The answers of the world's DNS, as lines of a dnsmasq's configuration. `local`: a name has no other records. */
export const worldNames: readonly string[] = [
  `hostsdir=${dnsFolder}/${world}`,
  `address=/amazonaws.com/${aws.address}`,
  "local=/amazonaws.com/",
  `address=/public.ecr.aws/${aws.address}`,
  "local=/public.ecr.aws/",
  ...[mirrorHost, keysHost].map((name) => `address=/${name}/${aws.address}`),
  // Load balancers come only from the file, and no other name exists.
  "local=/elb.us-east-1.amazonaws.com/",
  "address=/#/",
];

/** Returns the command of a dnsmasq with these options and access to `paths.dns`. */
export const dnsmasq = (...options: readonly string[]): readonly string[] =>
  inTools(
    [
      "dnsmasq",
      ...["--keep-in-foreground", "--pid-file=", "--user=root", "--log-facility=-"],
      ...options.map((option) => `--${option}`),
    ],
    [{ from: paths.dns, to: dnsFolder }],
  );

/** The router's own options. */
export const routerOptions: readonly string[] = [
  "conf-file=/dev/null",
  "no-resolv",
  "no-hosts",
  "bind-interfaces",
  `listen-address=${site.router}`,
  `hostsdir=${dnsFolder}/${ofSite}`,
  `local=/${site.domain}/`,
  ...worldNames,
];

/** The folders that the options name must exist from the start. */
export function prepareDnsFolder(): void {
  for (const part of [world, ofSite]) mkdirSync(join(paths.dns, part), { recursive: true });
}

/** Starts the DNS, unless it runs, and adds these hosts to it. */
export function startRouter(hosts: readonly HostSpec[]): void {
  prepareDnsFolder();
  const lines = hosts.map((host) => `${host.address} ${host.name}.${site.domain}\n`);
  writeFileSync(join(paths.dns, ofSite, "hosts"), lines.join(""));
  start("home-dns", dnsmasq(...routerOptions), { netns: internet });
}

/** Sets the names of load balancers: name → addresses. Removes other names. */
export function setLoadBalancerNames(names: Readonly<Record<string, readonly string[]>>): void {
  const lines = Object.entries(names).flatMap(([dnsName, all]) =>
    all.map((address) => `${address} ${dnsName}\n`),
  );
  prepareDnsFolder();
  writeFileSync(join(paths.dns, world, "load-balancers"), lines.join(""));
}
