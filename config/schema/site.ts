import { z } from "zod";
import { cidr, ipv4, name } from "./values.ts";

const dnsServer = z
  .enum(["dnsmasq", "unbound", "bind9", "systemd-resolved"])
  .describe("Which DNS server forwards AWS's names to the VPC's inbound resolver.");

/** Who forwards the Region's names to the VPC. */
export const dns = z.discriminatedUnion("at", [
  z.strictObject({
    at: z
      .literal("nodes")
      .describe(
        "`nodes`: each node runs the server for itself. `host`: the site's DNS server is one of `hosts`. `elsewhere`: it is none of ours; the stack's output says what to put there.",
      ),
    server: dnsServer,
  }),
  z.strictObject({
    at: z.literal("host"),
    host: name.describe("The site's DNS server, by its key in `hosts`; the nodes ask it already."),
    server: dnsServer,
  }),
  z.strictObject({
    at: z.literal("elsewhere"),
    server: dnsServer,
    address: ipv4.describe(
      "The site's DNS server, which somebody else looks after; the nodes ask it already.",
    ),
  }),
]);

/** Where the hosts' packages come from, when not from the internet. */
export const packages = z.discriminatedUnion("from", [
  z.strictObject({
    from: z
      .literal("mirror")
      .describe("`mirror`: a package mirror of the site. `bundle`: a file that is carried over SSH."),
    sources: z
      .array(
        z
          .string()
          .regex(
            /^deb(-src)? \S/,
            "must be a line of sources.list(5); write it as `deb http://192.168.1.5/debian bookworm main`",
          ),
      )
      .min(1)
      .describe("Lines of sources.list(5), of which the hosts take their packages and of no others."),
  }),
  z.strictObject({
    from: z.literal("bundle"),
    file: z
      .string()
      .endsWith(".tar", "must be a .tar file; make one as docs/private-connectivity.md says")
      .describe(
        "A .tar of packages and their index, on the machine that runs pulumi; docs/private-connectivity.md says how to make one.",
      ),
  }),
]);

/** The on-prem network that is joined to the VPC. */
export const site = z.strictObject({
  cidr: cidr.describe("The site's range, for example 192.168.1.0/24."),
  publicAddress: ipv4.describe(
    "The address that AWS sees the site from: the static public address of its router.",
  ),
  gateway: name.describe("The host that carries the VPN, by its key in `hosts`."),
  internet: z
    .enum(["fallback", "never"])
    .default("fallback")
    .describe(
      "`fallback`: what has no endpoint is reached over the internet; a name that has one leads to it alone, also while the tunnels are down. `never`: the nodes' firewall lets them reach the site and, through the tunnels, the VPC, and nothing else.",
    ),
  packages: packages
    .optional()
    .describe("Where the hosts' packages come from. Left out: from where the hosts take them anyway."),
  dns: dns.optional().describe("Who forwards AWS's names to the inbound resolver. Left out: nobody."),
  preflight: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Raise it by one to have every node's way to AWS's endpoints looked at again."),
  converge: z
    .int()
    .nonnegative()
    .default(0)
    .describe(
      "Raise it by one to have every host looked at again: what was changed by hand there is mended.",
    ),
});
