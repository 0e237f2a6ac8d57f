import { z } from "zod";
import { dnsServerNames } from "../../limits/dns-servers.ts";
import { cidr, ipv4, name, wording } from "./values.ts";

const dnsServer = z
  .enum(dnsServerNames)
  .describe("The DNS server that forwards AWS's names to the VPC's inbound resolver.");

/** Where the Region's names are forwarded to the VPC. */
export const dns = z.discriminatedUnion("at", [
  z.strictObject({
    at: z
      .literal("nodes")
      .describe(
        "`nodes`: each node runs a server of its own. `host`: the site's DNS server is one of `hosts`. `elsewhere`: it is another machine, and the stack's output `dnsSnippet` has the text for its configuration.",
      ),
    server: dnsServer,
  }),
  z.strictObject({
    at: z.literal("host"),
    host: name.describe("The site's DNS server, by its key in `hosts`. The nodes already ask it."),
    server: dnsServer,
  }),
  z.strictObject({
    at: z.literal("elsewhere"),
    server: dnsServer,
    address: ipv4.describe("Address of the site's DNS server. The nodes already ask it."),
  }),
]);

/** A source of the hosts' packages other than the internet. */
export const packages = z.discriminatedUnion("from", [
  z.strictObject({
    from: z
      .literal("mirror")
      .describe("`mirror`: a package mirror of the site. `bundle`: a file that is uploaded over SSH."),
    sources: z
      .array(
        z
          .string()
          .regex(
            /^deb(-src)? \S/,
            wording(
              "must be a line of sources.list(5)",
              "write it as `deb http://192.168.1.5/debian bookworm main`",
            ),
          ),
      )
      .min(1)
      .describe("Lines of sources.list(5). The hosts take packages from these and from no others."),
  }),
  z.strictObject({
    from: z.literal("bundle"),
    file: z
      .string()
      .endsWith(".tar", wording("must be a .tar file", "create one as docs/private-connectivity.md says"))
      .describe(
        "A .tar of packages and their index, on the machine that runs pulumi. docs/private-connectivity.md says how to create it.",
      ),
  }),
]);

/** The on-prem network that is joined to the VPC. */
export const site = z.strictObject({
  cidr: cidr.describe("The site's range, for example 192.168.1.0/24."),
  secondaryCidrs: z
    .array(cidr)
    .default([])
    .describe(
      "More ranges of the site. Hosts may be in them. A router between such a range and the gateway needs a route to the VPC via the gateway.",
    ),
  publicAddress: ipv4.describe(
    "The static public address of the site's router, which AWS sees the site from.",
  ),
  gateway: name.describe("The host that runs the VPN, by its key in `hosts`."),
  internet: z
    .enum(["fallback", "never"])
    .default("fallback")
    .describe(
      "`fallback`: the nodes reach services without an endpoint over the internet; the name of a service with an endpoint leads there only, also while the tunnels are down. `never`: the nodes' firewall lets them reach the site and, through the tunnels, the VPC, and nothing else.",
    ),
  packages: packages
    .optional()
    .describe("The source of the hosts' packages. Default: the hosts' own sources."),
  dns: dns.optional().describe("Where AWS's names are forwarded to the inbound resolver. Default: nowhere."),
  preflight: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Raise it by one to measure every node's way to AWS's endpoints again."),
  converge: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Raise it by one to check every host again and fix what was changed there by hand."),
});
