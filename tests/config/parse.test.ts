import test from "ava";
import fc from "fast-check";
import { InvalidInput } from "../../config/errors.ts";
import { parse } from "../../config/parse.ts";
import { hybridConfig } from "../../config/schema.ts";
import { base, hostKey, node } from "./stack.ts";

const wholeKey =
  "must be a whole public host key, `ssh-ed25519` or `ecdsa-sha2-nistp256` and 68 or 140 characters; run `npm run hostkeys -- STACK`";

const service = { image: "example/web:1", memoryMiB: 64 };

const web = { ...service, network: { mode: "bridge", ports: [{ host: 8080, container: 80 }] } };

const twoNodes = { ...base.hosts, "pi-2": node("192.168.1.102") };

test("the smallest configuration gets its defaults", (t) => {
  const config = parse(base, "us-east-1");
  t.is(config.network.cidr, "10.0.0.0/16");
  t.deepEqual(config.network.zones, ["us-east-1a", "us-east-1b"]);
  t.is(config.vpn.format, "ipsec.conf");
  t.is(config.hosts["pi-1"]?.user, "pi");
  t.deepEqual(config.hosts["pi-1"]?.node, { attributes: {}, reinstalled: 0 });
});

test("host keys of both kinds are taken whole, and not a character less or more", (t) => {
  const point =
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDDJmPBOuB4Utu0dxf20S9THM5fAzVTak789Au50ueBf9oLJ0rn/qsNVVD2TSslxF6cc3jB106VdaiNgCqvkvdk=";
  const takes = (key: string) =>
    hybridConfig.shape.hosts.safeParse({ "pi-1": node("192.168.1.101", { hostKey: key }) }).success;
  for (const key of [hostKey, `ecdsa-sha2-nistp256 ${point}`]) {
    t.true(takes(key));
    t.false(takes(key.slice(0, -1)));
    t.false(takes(`${key}A`));
  }
  t.false(takes(`ssh-ed25519 ${point}`), "the kind that the key itself names");
});

test("YAML's true counts as the text it is written as", (t) => {
  const hosts = { ...base.hosts, "pi-2": node("192.168.1.102", { node: { attributes: { redis: true } } }) };
  t.deepEqual(parse({ ...base, hosts }, "us-east-1").hosts["pi-2"]?.node?.attributes, { redis: "true" });
});

const bad: readonly (readonly [title: string, config: object, message: string])[] = [
  [
    "unknown key, with the nearest known one",
    { ...base, hosts: { ...base.hosts, "pi-1": { address: "192.168.1.101", hostkey: hostKey, hostKey } } },
    "hosts.pi-1.hostkey: (unknown key): must be one of address, user, port, hostKey, fan, node, dead; write hostKey",
  ],
  [
    "missing field",
    { ...base, site: { cidr: "192.168.1.0/24", gateway: "gateway" } },
    "site.publicAddress: (missing): must be given: the static public address of the site's router, which AWS sees the site from; run `pulumi config set --path site.publicAddress VALUE`",
  ],
  [
    "malformed range",
    { ...base, network: { cidr: "10.0.0.0" } },
    "network.cidr: 10.0.0.0: must be an IPv4 range; write it as 10.0.0.0/16",
  ],
  [
    "range not named by its first address",
    { ...base, network: { cidr: "10.0.3.0/16" } },
    "network.cidr: 10.0.3.0/16: must be named by its first address; write 10.0.0.0/16",
  ],
  [
    "site's range not named by its first address",
    { ...base, site: { ...base.site, cidr: "192.168.1.7/24" } },
    "site.cidr: 192.168.1.7/24: must be named by its first address; write 192.168.1.0/24",
  ],
  [
    "range too large for a VPC",
    { ...base, network: { cidr: "10.0.0.0/8" } },
    "network.cidr: 10.0.0.0/8: must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16; choose for example 10.0.0.0/16",
  ],
  [
    "overlapping ranges",
    { ...base, network: { cidr: "192.168.0.0/23" } },
    "site.cidr: 192.168.1.0/24: must not overlap network.cidr 192.168.0.0/23: no route could tell the site from the VPC; choose another range for one of them",
  ],
  [
    "host inside the VPC",
    { ...base, hosts: { ...base.hosts, "pi-1": node("10.0.3.7") } },
    "hosts.pi-1.address: 10.0.3.7: must not lie inside network.cidr 10.0.0.0/16: AWS takes such an address for one of the VPC; choose another range for one of them",
  ],
  [
    "host outside the site",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.2.7") } },
    "hosts.pi-1.address: 192.168.2.7: must lie inside site.cidr 192.168.1.0/24: the VPC has no route to other addresses; correct the address, or widen site.cidr",
  ],
  [
    "two hosts with one address",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.1.196") } },
    "hosts.pi-1.address: 192.168.1.196: must not be the address of hosts.gateway too; give each host an address of its own",
  ],
  [
    "host key of no known kind",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.1.101", { hostKey: "whatever" }) } },
    `hosts.pi-1.hostKey: whatever: ${wholeKey}`,
  ],
  [
    "host key that was cut off",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.1.101", { hostKey: hostKey.slice(0, -1) }) } },
    `hosts.pi-1.hostKey: ${hostKey.slice(0, -1)}: ${wholeKey}`,
  ],
  [
    "gateway that is no host",
    { ...base, site: { ...base.site, gateway: "pi-9" } },
    "site.gateway: pi-9: must be a key of `hosts`; choose one of gateway, pi-1",
  ],
  [
    "private address as the site's public one",
    { ...base, site: { ...base.site, publicAddress: "100.64.3.2" } },
    "site.publicAddress: 100.64.3.2: must be the site's public address, not a private one: AWS reaches the site by it; run `curl https://checkip.amazonaws.com` on the site",
  ],
  [
    "the site's own link-local address as its public one",
    { ...base, site: { ...base.site, publicAddress: "169.254.7.8" } },
    "site.publicAddress: 169.254.7.8: must be the site's public address, not a special-purpose one: AWS reaches the site by it; run `curl https://checkip.amazonaws.com` on the site",
  ],
  [
    "VPC in the range of Docker's bridge",
    { ...base, network: { cidr: "172.17.0.0/16", zones: ["us-east-1a"] } },
    "network.cidr: 172.17.0.0/16: must not overlap 172.17.0.0/16, the network of Docker's bridge on every node; choose another range",
  ],
  [
    "zone of another Region",
    { ...base, network: { zones: ["eu-west-1a"] } },
    "network.zones: eu-west-1a: must be a zone of the Region us-east-1 (aws:region); choose zones such as us-east-1a, or another aws:region",
  ],
  [
    "NAT gateway without a public subnet",
    { ...base, network: { natGateways: "single" } },
    "network.natGateways: single: must be none while publicSubnets is false: a NAT gateway needs a public subnet; set network.publicSubnets to true, or natGateways to none",
  ],
  [
    "pre-shared key that AWS refuses, never shown",
    { ...base, vpn: { presharedKeys: { tunnel1: "0startswithzero", tunnel2: "goodenough1" } } },
    "vpn.presharedKeys.tunnel1: (secret, 15 characters): must be 8 to 64 of A-Z a-z 0-9 . _ and must not begin with 0; choose another key",
  ],
  [
    "private key of a wrong type, never shown",
    { ...base, ssh: { privateKey: { begin: "OPENSSH" } } },
    "ssh.privateKey: (secret): must be text; write it in quotes",
  ],
  [
    "reserved inside range",
    { ...base, vpn: { insideCidrs: { tunnel1: "169.254.5.0/30" } } },
    "vpn.insideCidrs.tunnel1: 169.254.5.0/30: must be a /30 of 169.254.0.0/16 and none of AWS's own (169.254.0.0/30, 169.254.1.0/30, 169.254.2.0/30, 169.254.3.0/30, 169.254.4.0/30, 169.254.5.0/30, 169.254.169.252/30); choose another, such as 169.254.10.0/30",
  ],
  [
    "the same inside range twice",
    { ...base, vpn: { insideCidrs: { tunnel1: "169.254.11.0/30" } } },
    "vpn.insideCidrs.tunnel2: 169.254.11.0/30: must not be the range of tunnel1 too; choose another /30 for one of them",
  ],
  [
    "fan temperatures not ascending",
    {
      ...base,
      hosts: {
        ...base.hosts,
        "pi-1": node("192.168.1.101", { fan: { overlay: "rpi-poe", celsius: [68, 72, 70, 80] } }),
      },
    },
    "hosts.pi-1.fan.celsius: [68,72,70,80]: must be four ascending temperatures in °C, such as [68, 72, 76, 80]; put them in order",
  ],
  [
    "constraint that no node satisfies",
    { ...base, services: { redis: { ...service, placement: { attributes: { redis: "true" } } } } },
    "services.redis.placement.attributes: redis = true: must match a node: otherwise the service could never start; give a node these attributes, or ask for fewer",
  ],
  [
    "service without any node",
    { ...base, hosts: { gateway: base.hosts.gateway }, services: { web: service } },
    "services.web.placement.attributes: {}: must match a node: otherwise the service could never start; add `node: {}` to a host, which makes it a node",
  ],
  [
    "more tasks than fixed host ports",
    { ...base, services: { web: { ...web, desiredCount: 2 } } },
    "services.web.desiredCount: 2: must be at most 1: with fixed host ports or distinctInstance there is one task per node, and these can run it: pi-1; lower desiredCount, or add nodes",
  ],
  [
    "host ports that clash",
    { ...base, services: { web, api: web } },
    "services.api.network.ports: tcp/8080: must not be shared with services.web: 2 tasks do not fit on 1 node; choose another host port, or place them on different nodes",
  ],
  [
    "host port given twice",
    {
      ...base,
      services: { web: { ...service, network: { mode: "host", ports: [8080, 8080] } } },
    },
    "services.web.network.ports: tcp/8080: must be given once; choose another host port for one of them",
  ],
  [
    "reserved host port",
    { ...base, services: { web: { ...service, network: { mode: "host", ports: [51678] } } } },
    "services.web.network.ports.0: 51678: must not be one of 22, 2375, 2376, 51678, 51679, which sshd, Docker and the ECS agent use; choose another host port",
  ],
  [
    "network mode that EXTERNAL does not have",
    { ...base, services: { web: { ...service, network: { mode: "awsvpc" } } } },
    "services.web.network.mode: awsvpc: must be one of bridge, host, none: how the containers use the node's network. `awsvpc` does not exist outside AWS; choose one of them",
  ],
  [
    "load balancer of an unknown service",
    { ...base, services: { web }, loadBalancers: { front: { type: "network", service: "wbe" } } },
    "loadBalancers.front.service: wbe: must be a key of `services`; choose one of web",
  ],
  [
    "load balancer of a service without a host port",
    { ...base, services: { web: service }, loadBalancers: { front: { type: "network", service: "web" } } },
    "loadBalancers.front.hostPort: (missing): must be one of the TCP host ports of services.web (it has none); give the service one",
  ],
  [
    "internet-facing without public subnets",
    {
      ...base,
      services: { web },
      loadBalancers: { front: { type: "network", service: "web", scheme: "internet-facing" } },
    },
    "loadBalancers.front.scheme: internet-facing: must be internal while network.publicSubnets is false: an internet-facing load balancer needs public subnets; set network.publicSubnets to true, or scheme to internal",
  ],
  [
    "application load balancer without cross-zone balancing",
    {
      ...base,
      services: { web },
      loadBalancers: { front: { type: "application", service: "web", crossZone: false } },
    },
    "loadBalancers.front.crossZone: false: must be true: an application load balancer without cross-zone balancing cannot reach addresses outside the VPC; set crossZone to true, or choose type: network",
  ],
  [
    "application load balancer in one zone",
    {
      ...base,
      network: { zones: ["us-east-1a"] },
      services: { web },
      loadBalancers: { front: { type: "application", service: "web" } },
    },
    "loadBalancers.front.type: application: must not be application with 1 zone: an application load balancer needs subnets in two; add a zone to the network, or choose type: network",
  ],
  [
    "number out of range",
    { ...base, services: { web: { ...service, memoryMiB: 1 } } },
    "services.web.memoryMiB: 1: must be at least 6: hard limit: the container is killed above it. Docker takes no less than 6; raise it to that",
  ],
  [
    "number that must be more than another",
    { ...base, services: { web: { ...service, cpuUnits: 0 } } },
    "services.web.cpuUnits: 0: must be more than 0: share of CPU; 1024 is one core; raise it to that",
  ],
  [
    "number of days that CloudWatch Logs does not take",
    { ...base, vpn: { logRetentionDays: 31 } },
    "vpn.logRetentionDays: 31: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653; choose one of them",
  ],
  [
    "zones that a VPC is not divided into",
    { ...base, network: { zones: ["us-east-1a", "us-east-1z", "us-east-1a"] } },
    [
      "network.zones: us-east-1z: must end in a letter from a to h; choose zones such as us-east-1a",
      "network.zones: us-east-1a: must be named once; remove the repetition",
    ].join("\n"),
  ],
  [
    "load balancer's name that is too long for AWS",
    {
      ...base,
      services: { web },
      loadBalancers: { "a-name-of-22-characters": { type: "network", service: "web" } },
    },
    "loadBalancers.a-name-of-22-characters: 23 characters: must have at most 21 characters: AWS takes 32, of which 11 are a suffix; choose a shorter name",
  ],
  [
    "load balancer in front of a site whose range is public",
    {
      ...base,
      site: { ...base.site, cidr: "198.18.1.0/24" },
      hosts: { gateway: { address: "198.18.1.196", hostKey }, "pi-1": node("198.18.1.101") },
      services: { web },
      loadBalancers: { front: { type: "network", service: "web" } },
    },
    "site.cidr: 198.18.1.0/24: must lie in one of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16: AWS takes no other targets outside the VPC; give the site a private range",
  ],
  [
    "range that is not named by its first address",
    {
      ...base,
      services: { web },
      loadBalancers: { front: { type: "network", service: "web", allowFrom: ["203.0.113.7/24"] } },
    },
    "loadBalancers.front.allowFrom.0: 203.0.113.7/24: must be named by its first address; write 203.0.113.0/24",
  ],
  [
    "attribute with a space",
    {
      ...base,
      services: { web: { ...service, desiredCount: 0, placement: { attributes: { rack: "no 3" } } } },
    },
    "services.web.placement.attributes.rack: no 3: must not be empty, or have a space or a backslash: the query language of ECS cannot compare it; choose another value, also on the nodes",
  ],
  [
    "health check that begins with a keyword of Docker's",
    { ...base, services: { web: { ...service, healthCheck: { command: ["CMD", "true"] } } } },
    'services.web.healthCheck.command: ["CMD","true"]: must be a program with its arguments, as it is run inside the container; write for example ["redis-cli", "ping"] or ["sh", "-c", "…"]',
  ],
  [
    "parameter that is no full name",
    { ...base, services: { web: { ...service, secrets: { TOKEN: "/hits//token" } } } },
    "services.web.secrets.TOKEN: /hits//token: must be the full name of an SSM parameter: parts of A-Z a-z 0-9 _ . - with a / before each; write for example /hits/token",
  ],
  [
    "part of a number",
    { ...base, services: { web: { ...service, memoryMiB: 6.5 } } },
    "services.web.memoryMiB: 6.5: must be a whole number; round it up or down",
  ],
  [
    "list without an entry",
    { ...base, network: { zones: [] } },
    "network.zones: []: must have at least 1 entry: availability zones. Each gets a private subnet, and a public one with publicSubnets; add to it",
  ],
  [
    "list that is too long",
    { ...base, network: { zones: [..."abcdefg"].map((letter) => `us-east-1${letter}`) } },
    'network.zones: ["us-east-1a","us-east-1b","us-east-1c","us-east-1d","us-east-1e","us-east-1f","us-east-1g"]: must have at most 6 entries: availability zones. Each gets a private subnet, and a public one with publicSubnets; remove some of it',
  ],
  [
    "text that is empty",
    { ...base, services: { web: { ...service, image: "" } } },
    "services.web.image: : must have at least 1 character: container image, with its tag or digest; write more text",
  ],
  [
    "mapping where text belongs, whose contents are nobody's business",
    { ...base, services: { web: { ...service, environment: { TOKEN: { value: "hush" } } } } },
    "services.web.environment.TOKEN: (a mapping): must be a single value: text, a number, true or false; write it in quotes",
  ],
  [
    "text where a mapping belongs",
    { ...base, site: { ...base.site, dns: "nodes" } },
    "site.dns: nodes: must be a mapping; run `pulumi config rm --path site.dns`, then set its fields, such as `pulumi config set --path site.dns.at VALUE`",
  ],
  [
    "text where a list belongs",
    { ...base, network: { zones: "us-east-1a" } },
    "network.zones: us-east-1a: must be a list; write it as [one, another]",
  ],
  [
    "host key that is missing",
    { ...base, hosts: { ...base.hosts, "pi-1": { address: "192.168.1.101" } } },
    `hosts.pi-1.hostKey: (missing): ${wholeKey}`,
  ],
  [
    "unknown key of a load balancer",
    {
      ...base,
      services: { web },
      loadBalancers: { web: { type: "network", service: "web", listenPort: 80 } },
    },
    "loadBalancers.web.listenPort: (unknown key): must be one of scheme, service, hostPort, listenerPort, allowFrom, healthCheck, type, crossZone; write listenerPort",
  ],
  [
    "key that only another option has",
    { ...base, site: { ...base.site, dns: { at: "nodes", server: "dnsmasq", host: "pi-1" } } },
    "site.dns.host: (unknown key): must be one of at, server; remove it",
  ],
  [
    "missing field of the option that was chosen",
    { ...base, site: { ...base.site, dns: { at: "elsewhere", server: "bind9" } } },
    "site.dns.address: (missing): must be given: address of the site's DNS server. The nodes already ask it; run `pulumi config set --path site.dns.address VALUE`",
  ],
  [
    "option that is not chosen, in a mapping whose contents are nobody's business",
    { ...base, site: { ...base.site, packages: { password: "hush" } } },
    "site.packages.from: (missing): must be one of mirror, bundle: `mirror`: a package mirror of the site. `bundle`: a file that is uploaded over SSH; choose one of them",
  ],
  [
    "field in a list, as the command line names it",
    { ...base, services: { web: { ...service, network: { mode: "bridge", ports: [{ host: 8080 }] } } } },
    "services.web.network.ports.0.container: (missing): must be given: port inside the container; run `pulumi config set --path 'services.web.network.ports[0].container' VALUE`",
  ],
];

for (const [title, config, message] of bad) {
  test(`refused: ${title}`, (t) => {
    const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
    t.is(error?.message, message);
  });
}

test("everything that is wrong is said at once", (t) => {
  const config = { ...base, network: { cidr: "10.0.0.0" }, vpn: { format: "openswan" } };
  const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
  t.deepEqual(
    error?.problems.map(({ field }) => field),
    ["network.cidr", "vpn.format"],
  );
});

test("a service of which no task runs needs no node", (t) => {
  const placement = { attributes: { redis: "true" } };
  t.notThrows(() =>
    parse({ ...base, services: { web: { ...web, desiredCount: 0, placement } } }, "us-east-1"),
  );
});

test("services may share a host port where there are nodes enough", (t) => {
  t.notThrows(() => parse({ ...base, hosts: twoNodes, services: { web, api: web } }, "us-east-1"));
});

test("no secret is ever in the text of an error", (t) => {
  fc.assert(
    fc.property(fc.string({ minLength: 9, maxLength: 80 }), (tail) => {
      const secret = `0${tail}`;
      const config = { ...base, vpn: { presharedKeys: { tunnel1: secret, tunnel2: secret } } };
      const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
      return error !== undefined && !error.message.includes(secret);
    }),
  );
});
