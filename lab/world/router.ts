/** The home router's DNS: Amazon's names lead to the simulated AWS, a load balancer's to its addresses, no other exists. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { alive, start } from "./process.ts";
import { inTools } from "./tools.ts";
import { aws, internet, mirrorHost, site } from "./topology.ts";

const name = "home-dns";
const balancers = join(paths.dns, "load-balancers");

export function dnsmasqCommand(): readonly string[] {
  return [
    "dnsmasq",
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--pid-file=",
    "--user=root",
    "--no-resolv",
    "--no-hosts",
    "--bind-interfaces",
    `--listen-address=${site.router}`,
    "--addn-hosts=/run/lab/load-balancers",
    `--address=/amazonaws.com/${aws.address}`,
    `--address=/public.ecr.aws/${aws.address}`,
    `--address=/${mirrorHost}/${aws.address}`,
    // Load balancers come from the file only, and no name but these exists.
    "--local=/elb.us-east-1.amazonaws.com/",
    "--address=/#/",
  ];
}

export function startRouter(): void {
  mkdirSync(paths.dns, { recursive: true });
  writeFileSync(balancers, "", { flag: "a" });
  start(name, inTools(dnsmasqCommand(), [{ from: paths.dns, to: "/run/lab" }]), { netns: internet });
}

/** Makes these the names of load balancers: name → addresses. Names that are not given are forgotten. */
export function setLoadBalancerNames(names: Readonly<Record<string, readonly string[]>>): void {
  const lines = Object.entries(names).flatMap(([dnsName, all]) =>
    all.map((address) => `${address} ${dnsName}\n`),
  );
  mkdirSync(paths.dns, { recursive: true });
  writeFileSync(balancers, lines.join(""));
  const pid = alive(name);
  if (pid !== undefined) process.kill(pid, "SIGHUP");
}
