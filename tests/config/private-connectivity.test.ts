import test from "ava";
import { InvalidInput } from "../../config/errors.ts";
import { parse } from "../../config/load.ts";

const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;

const base = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "gateway" },
  hosts: {
    gateway: { address: "192.168.1.196", hostKey },
    "pi-1": { address: "192.168.1.101", hostKey, node: {} },
  },
};

const dns = { at: "nodes", server: "dnsmasq" };
const never = {
  ...base.site,
  internet: "never",
  dns,
  packages: { from: "mirror", sources: ["deb http://192.168.1.5/debian bookworm main"] },
};
const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1";
/** Everything that a site without the internet needs. */
const closed = {
  ...base,
  site: never,
  privateEndpoints: {},
  resolver: { inbound: {} },
  cluster: { installer: { url: "http://192.168.1.5/ecs-anywhere-install.sh" } },
  services: { web: { image, memoryMiB: 64 } },
};

test("private connectivity is off unless it is asked for", (t) => {
  const { privateEndpoints, resolver, site } = parse(base, "us-east-1");
  t.is(privateEndpoints, undefined);
  t.deepEqual(resolver, {});
  t.is(site.internet, "fallback");
  t.is(site.dns, undefined);
});

test("a site without the internet: all that it needs is said, and nothing is wrong", (t) => {
  t.deepEqual(parse(closed, "us-east-1").privateEndpoints?.services, [
    "ecs-agent",
    "ecs-telemetry",
    "ecs",
    "ssm",
    "ssmmessages",
    "ecr.api",
    "ecr.dkr",
    "s3",
    "logs",
    "kms",
  ]);
});

test("the installer in the bundle, or by a name of the site's own, is near enough", (t) => {
  for (const url of ["file:///var/lib/bundle/install.sh", "https://mirror.home.arpa/install.sh"])
    t.notThrows(() => parse({ ...closed, cluster: { installer: { url } } }, "us-east-1"), url);
});

const bad: readonly (readonly [title: string, config: object, message: string])[] = [
  [
    "a service that AWS has no endpoint for",
    { ...base, privateEndpoints: { services: ["s4"] } },
    "privateEndpoints.services.0: s4: must be one of ecs-agent, ecs-telemetry, ecs, ssm, ssmmessages, ec2messages, ecr.api, ecr.dkr, s3, logs, kms, secretsmanager, monitoring, sts; choose one of them",
  ],
  [
    "a service twice",
    { ...base, privateEndpoints: { services: ["ecs", "ecs"] } },
    "privateEndpoints.services: ecs, ecs: each is named once; remove what is repeated",
  ],
  [
    "a zone without a subnet",
    { ...base, privateEndpoints: { zones: ["us-east-1c"] } },
    "privateEndpoints.zones: us-east-1c: must be one of network.zones (us-east-1a, us-east-1b): there the VPC has a subnet; choose one of them, or add the zone to network.zones",
  ],
  [
    "a resolver's address in such a zone",
    {
      ...base,
      resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.10", "us-east-1c": "10.0.32.10" } } },
    },
    "resolver.inbound.addresses: us-east-1c: must be one of network.zones (us-east-1a, us-east-1b): there the VPC has a subnet; choose one of them, or add the zone to network.zones",
  ],
  [
    "DNS without a resolver",
    { ...base, privateEndpoints: {}, site: { ...base.site, dns } },
    "site.dns: nodes: DNS forwards to the addresses of resolver.inbound, which is not there; add `resolver: {inbound: {}}`, or take site.dns away",
  ],
  [
    "DNS without endpoints to lead to",
    { ...base, resolver: { inbound: {} }, site: { ...base.site, dns } },
    "site.dns: nodes: DNS leads to the addresses of privateEndpoints, which are not there; add `privateEndpoints: {}`, or take site.dns away",
  ],
  [
    "a DNS server that is none of the hosts",
    {
      ...base,
      privateEndpoints: {},
      resolver: { inbound: {} },
      site: { ...base.site, dns: { at: "host", host: "nas", server: "bind9" } },
    },
    "site.dns.host: nas: must be a key of `hosts`; choose one of gateway, pi-1; for a server that is none of them set at to elsewhere",
  ],
  [
    "a DNS server that nobody knows",
    { ...base, resolver: { inbound: {} }, site: { ...base.site, dns: { at: "nodes", server: "pdns" } } },
    "site.dns.server: pdns: must be one of dnsmasq, unbound, bind9, systemd-resolved; choose one of them",
  ],
  [
    "a forwarded domain with a dot at its end",
    { ...base, resolver: { outbound: { forward: { "home.arpa.": ["192.168.1.1"] } } } },
    "resolver.outbound.forward.home.arpa.: home.arpa.: must be a domain in lower case, without a dot at its end; write it as home.arpa",
  ],
  [
    "a package source that is none",
    { ...base, site: { ...base.site, packages: { from: "mirror", sources: ["http://192.168.1.5/"] } } },
    "site.packages.sources.0: http://192.168.1.5/: must be a line of sources.list(5); write it as `deb http://192.168.1.5/debian bookworm main`",
  ],
  [
    "no internet, and endpoints missing",
    { ...closed, privateEndpoints: { services: ["ecs", "ssm", "ssmmessages", "ecr.api", "ecr.dkr"] } },
    "privateEndpoints.services: ecs, ssm, ssmmessages, ecr.api, ecr.dkr: with site.internet never, the nodes need these endpoints too: ecs-agent, ecs-telemetry, s3, logs, kms; add them, or set site.internet to fallback",
  ],
  [
    "no internet, and no endpoint at all",
    { ...closed, privateEndpoints: undefined },
    [
      "site.dns: nodes: DNS leads to the addresses of privateEndpoints, which are not there; add `privateEndpoints: {}`, or take site.dns away",
      "privateEndpoints.services: (missing): with site.internet never, the nodes need these endpoints too: ecs-agent, ecs-telemetry, ecs, ssm, ssmmessages, s3, ecr.api, ecr.dkr, logs, kms; add them, or set site.internet to fallback",
    ].join("\n"),
  ],
  [
    "no internet, no resolver, no DNS, no packages",
    {
      ...closed,
      resolver: {},
      site: { ...base.site, internet: "never" },
    },
    [
      "resolver.inbound: (missing): with site.internet never, the nodes learn the endpoints' addresses from it; add `resolver: {inbound: {}}`, or set site.internet to fallback",
      "site.dns: (missing): with site.internet never, AWS's names must be asked of the inbound resolver; add `dns: {at: nodes, server: dnsmasq}`, or set site.internet to fallback",
      "site.packages: (missing): with site.internet never, the hosts' packages come from the site; name a mirror or a bundle, or set site.internet to fallback",
    ].join("\n"),
  ],
  [
    "no internet, and the installer on it",
    { ...closed, cluster: {} },
    "cluster.installer.url: https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh: with site.internet never, the installer must be on the site, or in the bundle; put AWS's installer there (a file:// address for the bundle's), or set site.internet to fallback",
  ],
  [
    "no internet, and an image of Docker Hub",
    { ...closed, services: { web: { image: "redis:7", memoryMiB: 64 } } },
    "services.web.image: redis:7: with site.internet never, images come from ECR in us-east-1 or from a registry of the site; push the image there and name it here",
  ],
  [
    "no internet, and an image in another Region",
    { ...closed, services: { web: { image: image.replace("us-east-1", "eu-west-1"), memoryMiB: 64 } } },
    "services.web.image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1: with site.internet never, images come from ECR in us-east-1 or from a registry of the site; push the image there and name it here",
  ],
];

for (const [title, config, message] of bad) {
  test(`refused: ${title}`, (t) => {
    const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
    t.is(error?.message, message);
  });
}
