/** A node for tests of what the step declares, edits and refuses. */
import type { ExecutionContext } from "ava";
import { servers } from "../../../../pi/steps/dns-forwarding/servers/index.ts";
import { debian } from "../../../support/stand-ins/debian.ts";
import { resolvConf } from "../../../support/stand-ins/dns.ts";
import { type Host, host, type Part } from "../../../support/stand-ins/host.ts";
import { serverTests } from "./server-test.ts";

/** Every server's package, none of them running. */
const packages: Part = (host) => {
  for (const { unit } of Object.values(servers)) host.write(`/lib/systemd/system/${unit}.service`, "");
  for (const { install } of Object.values(serverTests)) install(host);
  for (const command of ["nft", "journalctl"]) host.fake(command);
};

/** Returns a Debian that asks the router, with every server's package and these parts; what configures its eth0 is one. */
export const node = (t: ExecutionContext, ...parts: readonly Part[]): Host =>
  host(t, debian("12"), resolvConf("nameserver 192.168.1.1\nsearch home.arpa\n"), packages, ...parts);
