/** A node for tests of what the step declares, edits and refuses. */
import type { ExecutionContext } from "ava";
import { servers } from "../../../../pi/steps/dns-forwarding/servers/index.ts";
import { debian } from "../../../support/stand-ins/debian.ts";
import { resolvConf } from "../../../support/stand-ins/dns.ts";
import { type Host, host, type Part } from "../../../support/stand-ins/host.ts";
import { nftables } from "../../../support/stand-ins/primitives.ts";
import { serverTests } from "./server-test.ts";

/** Every server's package, none of them running. */
const packages: Part = (host) => {
  for (const { unit } of Object.values(servers)) host.write(`/lib/systemd/system/${unit}.service`, "");
  for (const { install } of Object.values(serverTests)) install(host);
  nftables(host);
  host.fake("journalctl");
};

/** Returns the servers that run: every unit but the one that loads the step's table. */
export const runningServers = (host: Host): readonly string[] =>
  host.activeUnits.filter((name) => !name.startsWith("ecs-anywhere-hybrid-"));

/** Returns a Debian that asks the router, with every server's package and these parts; what configures its eth0 is one. */
export const node = (t: ExecutionContext, ...parts: readonly Part[]): Host =>
  host(t, debian("12"), resolvConf("nameserver 192.168.1.1\nsearch home.arpa\n"), packages, ...parts);
