import test from "ava";
import fc from "fast-check";
import { InvalidInput } from "../../config/errors.ts";
import { parse } from "../../config/parse.ts";
import { hybridConfig } from "../../config/schema.ts";
import { base, hostKey, node, refused, service, web } from "./stack.ts";

test("the smallest configuration gets its defaults", (t) => {
  const config = parse(base, "us-east-1");
  t.is(config.network.cidr, "10.0.0.0/16");
  t.deepEqual(config.network.zones, ["us-east-1a", "us-east-1b"]);
  t.is(config.vpn.format, "ipsec.conf");
  t.is(config.hosts["pi-1"]?.user, "pi");
  t.deepEqual(config.hosts["pi-1"]?.node, { attributes: {}, reinstalled: 0 });
});

test("host keys of both kinds are accepted whole, but not with one character less or more", (t) => {
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

test("YAML's true counts as the text `true`", (t) => {
  const hosts = { ...base.hosts, "pi-2": node("192.168.1.102", { node: { attributes: { redis: true } } }) };
  t.deepEqual(parse({ ...base, hosts }, "us-east-1").hosts["pi-2"]?.node?.attributes, { redis: "true" });
});

refused([
  [
    "unknown key, with the nearest known one",
    { ...base, hosts: { ...base.hosts, "pi-1": { address: "192.168.1.101", hostkey: hostKey, hostKey } } },
    "hosts.pi-1.hostkey: (unknown key): must be one of address, user, port, hostKey, fan, node, formerly, dead; write hostKey",
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
    "private key of a wrong type, never shown",
    { ...base, ssh: { privateKey: { begin: "OPENSSH" } } },
    "ssh.privateKey: (secret): must be text; write it in quotes",
  ],
  [
    "number out of range",
    { ...base, services: { web: { ...service, memoryMiB: 1 } } },
    "services.web.memoryMiB: 1: must be at least 6: hard limit: the container is killed above it. Docker takes no less than 6; raise it to that",
  ],
  [
    "number that must be higher than another",
    { ...base, services: { web: { ...service, cpuUnits: 0 } } },
    "services.web.cpuUnits: 0: must be more than 0: share of CPU; 1024 is one core; raise it to that",
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
    "mapping where text belongs, which is not shown",
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
    "unknown key of a load balancer",
    {
      ...base,
      services: { web },
      loadBalancers: { web: { type: "network", service: "web", listenPort: 80 } },
    },
    "loadBalancers.web.listenPort: (unknown key): must be one of scheme, service, hostPort, listenerPort, allowFrom, healthCheck, accessLogs, deletionProtection, formerly, type, crossZone, tls; write listenerPort",
  ],
  [
    "key that belongs to another option",
    { ...base, site: { ...base.site, dns: { at: "nodes", server: "dnsmasq", host: "pi-1" } } },
    "site.dns.host: (unknown key): must be one of at, server; remove it",
  ],
  [
    "missing field of the chosen option",
    { ...base, site: { ...base.site, dns: { at: "elsewhere", server: "bind9" } } },
    "site.dns.address: (missing): must be given: address of the site's DNS server. The nodes already ask it; run `pulumi config set --path site.dns.address VALUE`",
  ],
  [
    "missing choice of an option, in a mapping that is not shown",
    { ...base, site: { ...base.site, packages: { password: "hush" } } },
    "site.packages.from: (missing): must be one of mirror, bundle: `mirror`: a package mirror of the site. `bundle`: a file that is uploaded over SSH; choose one of them",
  ],
  [
    "field in a list, as the command line names it",
    { ...base, services: { web: { ...service, network: { mode: "bridge", ports: [{ host: 8080 }] } } } },
    "services.web.network.ports.0.container: (missing): must be given: port inside the container; run `pulumi config set --path 'services.web.network.ports[0].container' VALUE`",
  ],
]);

test("all problems are reported at once", (t) => {
  const config = { ...base, network: { cidr: "10.0.0.0" }, vpn: { format: "openswan" } };
  const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
  t.deepEqual(
    error?.problems.map(({ field }) => field),
    ["network.cidr", "vpn.format"],
  );
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
