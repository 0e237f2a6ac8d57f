import type { DnsServerName } from "../../../../limits/dns-servers.ts";
import type { DnsServer } from "../server.ts";
import { bind9 } from "./bind9.ts";
import { dnsmasq } from "./dnsmasq.ts";
import { systemdResolved } from "./systemd-resolved.ts";
import { unbound } from "./unbound.ts";

/** Every DNS server by the name that a stack file has for it. */
export const servers: Readonly<Record<DnsServerName, DnsServer>> = {
  dnsmasq,
  unbound,
  bind9,
  "systemd-resolved": systemdResolved,
};
