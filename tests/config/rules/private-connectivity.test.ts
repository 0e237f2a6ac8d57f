import test from "ava";
import { InvalidInput } from "../../../config/errors.ts";
import { parse } from "../../../config/parse.ts";
import { dnsServerNames } from "../../../limits/dns-servers.ts";

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
const usual = [
  ...["ecs-agent", "ecs-telemetry", "ecs", "ssm", "ssmmessages", "ecr.api", "ecr.dkr", "s3", "logs", "kms"],
];
const secret = (region: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:web-AbCdEf`;
const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/hits/token";
const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1";
/** All settings that a site without the internet needs. */
const closed = {
  ...base,
  site: never,
  privateEndpoints: {},
  resolver: { inbound: {} },
  cluster: { installer: { url: "http://192.168.1.5/ecs-anywhere-install.sh" } },
  services: { web: { image, memoryMiB: 64 } },
};

test("private connectivity is off by default", (t) => {
  const { privateEndpoints, resolver, site } = parse(base, "us-east-1");
  t.is(privateEndpoints, undefined);
  t.deepEqual(resolver, {});
  t.is(site.internet, "fallback");
  t.is(site.dns, undefined);
});

test("a site without the internet is accepted if it has everything that it needs", (t) => {
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

test("the installer may be in the bundle, or at a name of the site's own", (t) => {
  for (const url of ["file:///var/lib/bundle/install.sh", "https://mirror.home.arpa/install.sh"])
    t.notThrows(() => parse({ ...closed, cluster: { installer: { url } } }, "us-east-1"), url);
});

const bad: readonly (readonly [title: string, config: object, message: string])[] = [
  [
    "secret in Secrets Manager, without the internet and an endpoint for it",
    {
      ...closed,
      services: { web: { image, memoryMiB: 64, secrets: { TOKEN: { secretArn: secret("us-east-1") } } } },
    },
    "privateEndpoints.services: ecs-agent, ecs-telemetry, ecs, ssm, ssmmessages, ecr.api, ecr.dkr, s3, logs, kms: must include secretsmanager with site.internet never: the nodes reach AWS by endpoints only; add them, or set site.internet to fallback",
  ],
  [
    "secrets of another Region without the internet",
    {
      ...closed,
      privateEndpoints: {
        services: [...usual, "secretsmanager"],
      },
      services: {
        web: {
          image: "registry.home.arpa/web:1",
          memoryMiB: 64,
          secrets: { NAME: "/hits/name", TOKEN: parameter },
          registryCredentials: secret("eu-west-1"),
        },
      },
    },
    [
      `services.web.secrets.TOKEN: ${parameter}: must be in us-east-1 with site.internet never: the endpoints are of this Region; put a copy there and name it here`,
      `services.web.registryCredentials: ${secret("eu-west-1")}: must be in us-east-1 with site.internet never: the endpoints are of this Region; put a copy there and name it here`,
    ].join("\n"),
  ],
  [
    "a service for which AWS has no endpoint",
    { ...base, privateEndpoints: { services: ["s4"] } },
    "privateEndpoints.services.0: s4: must be one of ecs-agent, ecs-telemetry, ecs, ssm, ssmmessages, ec2messages, ecr.api, ecr.dkr, s3, logs, kms, secretsmanager, monitoring, sts; choose one of them",
  ],
  [
    "a service twice",
    { ...base, privateEndpoints: { services: ["ecs", "ecs"] } },
    "privateEndpoints.services: ecs: must be named once; remove the repetition",
  ],
  [
    "a zone without a subnet",
    { ...base, privateEndpoints: { zones: ["us-east-1c"] } },
    "privateEndpoints.zones: us-east-1c: must be one of network.zones (us-east-1a, us-east-1b): the VPC has subnets only there; choose one of them, or add the zone to network.zones",
  ],
  [
    "a resolver's address in such a zone",
    {
      ...base,
      resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.10", "us-east-1c": "10.0.32.10" } } },
    },
    "resolver.inbound.addresses.us-east-1c: 10.0.32.10: must be in a zone where the VPC has a subnet (us-east-1a, us-east-1b); choose one of these zones",
  ],
  [
    "DNS without a resolver",
    { ...base, privateEndpoints: {}, site: { ...base.site, dns } },
    "site.dns: nodes: must not be given without resolver.inbound, to whose addresses DNS forwards; add `resolver: {inbound: {}}`, or remove site.dns",
  ],
  [
    "DNS without endpoints",
    { ...base, resolver: { inbound: {} }, site: { ...base.site, dns } },
    "site.dns: nodes: must not be given without privateEndpoints, to whose addresses DNS leads; add `privateEndpoints: {}`, or remove site.dns",
  ],
  [
    "a DNS server that is not one of the hosts",
    {
      ...base,
      privateEndpoints: {},
      resolver: { inbound: {} },
      site: { ...base.site, dns: { at: "host", host: "nas", server: "bind9" } },
    },
    "site.dns.host: nas: must be a key of `hosts`; choose one of gateway, pi-1, or set site.dns.at to elsewhere",
  ],
  [
    "an unknown DNS server",
    {
      ...base,
      resolver: { inbound: {} },
      site: { ...base.site, dns: { at: "nodes", server: "no-such-server" } },
    },
    `site.dns.server: no-such-server: must be one of ${dnsServerNames.join(", ")}; choose one of them`,
  ],
  [
    "a forwarded domain with a dot at its end",
    { ...base, resolver: { outbound: { forward: { "home.arpa.": ["192.168.1.1"] } } } },
    "resolver.outbound.forward.home.arpa.: home.arpa.: must be a domain in lower case, without a dot at its end; write it as home.arpa",
  ],
  [
    "an invalid package source",
    { ...base, site: { ...base.site, packages: { from: "mirror", sources: ["http://192.168.1.5/"] } } },
    "site.packages.sources.0: http://192.168.1.5/: must be a line of sources.list(5); write it as `deb http://192.168.1.5/debian bookworm main`",
  ],
  [
    "resolver's addresses that AWS would not give",
    {
      ...base,
      resolver: { inbound: { addresses: { "us-east-1a": "10.0.16.10", "us-east-1b": "10.0.16.3" } } },
    },
    [
      "resolver.inbound.addresses.us-east-1a: 10.0.16.10: must lie in the subnet of us-east-1a, 10.0.0.0/20; choose one from 10.0.0.4 to 10.0.15.254",
      "resolver.inbound.addresses.us-east-1b: 10.0.16.3: must not be one of the first four addresses of 10.0.16.0/20 or the last: AWS keeps them; choose one from 10.0.16.4 to 10.0.31.254",
    ].join("\n"),
  ],
  [
    "one resolver's address",
    { ...base, resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.10" } } } },
    "resolver.inbound.addresses: us-east-1a: must be two zones or more: AWS takes no resolver with a single address; add a zone",
  ],
  [
    "a resolver in one zone",
    { ...base, network: { zones: ["us-east-1a"] }, resolver: { inbound: {} } },
    "network.zones: us-east-1a: must be two zones or more: AWS takes no resolver with a single address; add a zone",
  ],
  [
    "AWS's own names, and a server to which the VPC has no route",
    {
      ...base,
      resolver: { outbound: { forward: { "amazonaws.com": ["192.168.1.2"], lan: ["192.168.2.2"] } } },
    },
    [
      "resolver.outbound.forward.amazonaws.com: 192.168.1.2: must not be forwarded: the site asks the VPC for AWS's own names, so the queries would go in circles; forward only names that the site's servers know themselves",
      "resolver.outbound.forward.lan: 192.168.2.2: must lie inside site.cidr 192.168.1.0/24: the VPC has no route to other addresses; correct the address, or widen site.cidr",
    ].join("\n"),
  ],
  [
    "a DNS server that is dead",
    {
      ...closed,
      hosts: { ...closed.hosts, dns: { address: "192.168.1.2", hostKey, dead: true } },
      site: { ...never, dns: { at: "host", host: "dns", server: "bind9" } },
    },
    "site.dns.host: dns: must not be a dead host, which answers no query; name another host, or set site.dns.at to nodes",
  ],
  [
    "no internet, and a node as the site's DNS server",
    { ...closed, site: { ...never, dns: { at: "host", host: "pi-1", server: "bind9" } } },
    "site.dns.host: pi-1: must not be a node with site.internet never: its firewall keeps it from the servers that know all other names; name a host that is not a node, or set site.dns.at to nodes",
  ],
  [
    "no internet, and a node behind a router",
    {
      ...closed,
      site: { ...never, secondaryCidrs: ["192.168.2.0/24"] },
      hosts: { ...closed.hosts, "pi-2": { address: "192.168.2.102", hostKey, node: {} } },
    },
    "hosts.pi-2.address: 192.168.2.102: must lie inside 192.168.1.0/24, the gateway's range, with site.internet never: the node's firewall lets packets for the VPC out to the gateway only; give it an address there, or set site.internet to fallback",
  ],
  [
    "more ranges than the resolver's security group has rules for",
    {
      ...base,
      resolver: { inbound: {} },
      site: { ...base.site, secondaryCidrs: Array.from({ length: 30 }, (_, i) => `192.168.${i + 2}.0/24`) },
    },
    "site.secondaryCidrs: 62 rules: must need at most 60 rules: a security group takes no more in one direction; name fewer ranges, wider ones",
  ],
  [
    "no internet, and packages from it",
    {
      ...closed,
      site: {
        ...never,
        packages: {
          from: "mirror",
          sources: [
            "deb [signed-by=/etc/apt/keyring.gpg] http://mirror.raspbian.org/raspbian bookworm main",
            "deb http://mirror.home.arpa/debian bookworm main",
            "deb http://203.0.113.5/debian bookworm main",
          ],
        },
      },
    },
    [
      "site.packages.sources.0: deb [signed-by=/etc/apt/keyring.gpg] http://mirror.raspbian.org/raspbian bookworm main: must be a mirror of the site with site.internet never; name one in site.cidr, or set site.internet to fallback",
      "site.packages.sources.2: deb http://203.0.113.5/debian bookworm main: must be a mirror of the site with site.internet never; name one in site.cidr, or set site.internet to fallback",
    ].join("\n"),
  ],
  [
    "no internet, and endpoints missing",
    { ...closed, privateEndpoints: { services: ["ecs", "ssm", "ssmmessages", "ecr.api", "ecr.dkr"] } },
    "privateEndpoints.services: ecs, ssm, ssmmessages, ecr.api, ecr.dkr: must include ecs-agent, ecs-telemetry, s3, logs, kms with site.internet never: the nodes reach AWS by endpoints only; add them, or set site.internet to fallback",
  ],
  [
    "no internet, and no endpoint at all",
    { ...closed, privateEndpoints: undefined },
    [
      "site.dns: nodes: must not be given without privateEndpoints, to whose addresses DNS leads; add `privateEndpoints: {}`, or remove site.dns",
      "privateEndpoints.services: (missing): must include ecs-agent, ecs-telemetry, ecs, ssm, ssmmessages, s3, ecr.api, ecr.dkr, logs, kms with site.internet never: the nodes reach AWS by endpoints only; add them, or set site.internet to fallback",
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
      "resolver.inbound: (missing): must be given with site.internet never: the nodes learn the endpoints' addresses from it; add `resolver: {inbound: {}}`, or set site.internet to fallback",
      "site.dns: (missing): must be given with site.internet never: it makes the nodes ask the inbound resolver for AWS's names; add `dns: {at: nodes, server: dnsmasq}`, or set site.internet to fallback",
      "site.packages: (missing): must be given with site.internet never: the hosts' packages come from the site; name a mirror or a bundle, or set site.internet to fallback",
    ].join("\n"),
  ],
  [
    "no internet, and the installer on it",
    { ...closed, cluster: {} },
    "cluster.installer.url: https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh: must be an address on the site, or in the bundle, with site.internet never; put AWS's installer there (a file:// address for the bundle's), or set site.internet to fallback",
  ],
  [
    "no internet, and an image of Docker Hub",
    { ...closed, services: { web: { image: "redis:7", memoryMiB: 64 } } },
    "services.web.image: redis:7: must come from ECR in us-east-1, by its names for IPv4, or from a registry of the site, with site.internet never; push the image there and name it here",
  ],
  [
    "no internet, and a name of ECR that its endpoint does not serve",
    {
      ...closed,
      services: { web: { image: "123456789012.dkr-ecr.us-east-1.on.aws/web:1", memoryMiB: 64 } },
    },
    "services.web.image: 123456789012.dkr-ecr.us-east-1.on.aws/web:1: must come from ECR in us-east-1, by its names for IPv4, or from a registry of the site, with site.internet never; push the image there and name it here",
  ],
  [
    "no internet, and an image in another Region",
    { ...closed, services: { web: { image: image.replace("us-east-1", "eu-west-1"), memoryMiB: 64 } } },
    "services.web.image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1: must come from ECR in us-east-1, by its names for IPv4, or from a registry of the site, with site.internet never; push the image there and name it here",
  ],
];

for (const registry of [
  "registry-1.docker.io",
  "lscr.io",
  "nvcr.io",
  "registry.gitlab.com",
  "us-docker.pkg.dev",
  "some.azurecr.io",
]) {
  test(`refused: no internet, and an image of ${registry}`, (t) => {
    const services = { web: { image: `${registry}/some/web:1`, memoryMiB: 64 } };
    const { message } =
      t.throws(() => parse({ ...closed, services }, "us-east-1"), { instanceOf: InvalidInput }) ?? {};
    t.regex(message ?? "", /^services\.web\.image: .*: must come from ECR in us-east-1/);
  });
}

test("no internet, and an image of the site's own registry", (t) => {
  const services = { web: { image: "registry.home.arpa:5000/web:1", memoryMiB: 64 } };
  t.notThrows(() => parse({ ...closed, services }, "us-east-1"));
});

for (const [title, config, message] of bad) {
  test(`refused: ${title}`, (t) => {
    const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
    t.is(error?.message, message);
  });
}
