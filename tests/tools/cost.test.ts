import { readFile } from "node:fs/promises";
import test from "ava";
import { type HybridConfig, hybridConfig } from "../../config/schema.ts";
import { bill } from "../../tools/cost/bill.ts";
import { priceStack } from "../../tools/cost/price-stack.ts";
import { standing, usage } from "../../tools/cost/prices.ts";

const root = new URL("../../", import.meta.url).pathname;

function config(more: object = {}): HybridConfig {
  const host = (n: number, rest: object) => ({
    address: `192.168.1.${n}`,
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx",
    ...rest,
  });
  return hybridConfig.parse({
    site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "pi-gateway" },
    hosts: { "pi-gateway": host(196, {}), "pi-1": host(101, { node: {} }), "pi-2": host(102, { node: {} }) },
    ...more,
  });
}

const monthly = (of: HybridConfig) =>
  Object.fromEntries(bill(of).items.map((item) => [item.what, item.monthly]));

test("a month has 730 hours; only nodes cost, a gateway does not", (t) => {
  const items = monthly(config());
  t.is(items["Site-to-Site VPN connection, two tunnels"], 36.5);
  t.is(items["ECS Anywhere nodes"]?.toFixed(3), (2 * 0.01025 * 730).toFixed(3));
  t.is(items["Load balancers"], undefined);
});

test("an internet-facing load balancer has a paid address in each zone, an internal one has none", (t) => {
  const web = (scheme: string) => ({
    loadBalancers: { web: { type: "network", service: "hits", scheme } },
    network: { publicSubnets: true },
  });
  const inside = bill(config(web("internal"))).total;
  const outside = bill(config(web("internet-facing"))).total;
  t.is((outside - inside).toFixed(2), (2 * standing.publicAddress.usd * 730).toFixed(2));
});

test("access logs and the requests that a web ACL filters cost by use", (t) => {
  const web = { type: "application", service: "hits" };
  const webAclArn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/1";
  const rates = (more: object) =>
    bill(config({ loadBalancers: { web: { ...web, ...more } } })).rates.map(({ what }) => what);
  const plain = rates({});
  t.deepEqual(
    rates({ webAclArn, accessLogs: { bucket: "logs" } }).filter((what) => !plain.includes(what)),
    ["Requests that a web ACL filters, beside the web ACL", "Storage of access logs"],
  );
});

test("a VPC that is there costs nothing, and a load balancer has an address in each of its public subnets", (t) => {
  const id = (prefix: string) => `${prefix}-0123456789abcdef0`;
  const existing = {
    vpcId: id("vpc"),
    privateSubnetIds: { "us-east-1a": id("subnet"), "us-east-1b": id("subnet") },
    publicSubnetIds: { "us-east-1a": id("subnet") },
    routeTableIds: { all: id("rtb") },
  };
  const items = monthly(
    config({
      network: { cidr: "10.1.0.0/16", existing },
      loadBalancers: { web: { type: "network", service: "hits", scheme: "internet-facing" } },
    }),
  );
  t.is(items["NAT gateways"], undefined);
  t.is(items["Public IPv4 addresses of load balancers, one per zone"], standing.publicAddress.usd * 730);
});

test("NAT gateways and their addresses by their number", (t) => {
  const total = (natGateways: string) =>
    bill(config({ network: { publicSubnets: true, natGateways } })).total;
  const one = (standing.natGateway.usd + standing.publicAddress.usd) * 730;
  t.is((total("single") - total("none")).toFixed(2), one.toFixed(2));
  t.is((total("per-zone") - total("none")).toFixed(2), (2 * one).toFixed(2));
});

test("an interface endpoint costs by its zones, with one line per service", (t) => {
  const services = ["ssm", "ecr.api"];
  const both = monthly(config({ privateEndpoints: { services } }));
  t.is(both["Interface endpoint ssm, one address per zone"]?.toFixed(2), (2 * 0.01 * 730).toFixed(2));
  t.is(both["Interface endpoint ecr.api, one address per zone"]?.toFixed(2), "14.60");
  const one = monthly(config({ privateEndpoints: { services, zones: ["us-east-1b"] } }));
  t.is(one["Interface endpoint ssm, one address per zone"]?.toFixed(2), "7.30");
  t.false(Object.keys(monthly(config())).some((what) => what.startsWith("Interface endpoint")));
});

test("a resolver costs by its addresses", (t) => {
  const [inbound, outbound] = ["Inbound resolver's addresses", "Outbound resolver's addresses"] as const;
  const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
  const each = 0.125 * 730;
  const all = monthly(
    config({
      network: { zones },
      resolver: { inbound: {}, outbound: { forward: { lan: ["192.168.1.1"] } } },
    }),
  );
  t.is(all[inbound]?.toFixed(2), (3 * each).toFixed(2));
  t.is(all[outbound]?.toFixed(2), (3 * each).toFixed(2));
  const addresses = { "us-east-1a": "10.0.0.10", "us-east-1c": "10.0.32.10" };
  const fixed = monthly(config({ network: { zones }, resolver: { inbound: { addresses } } }));
  t.is(fixed[inbound]?.toFixed(2), (2 * each).toFixed(2));
  t.is(fixed[outbound], undefined);
});

test("what private connectivity costs by use", (t) => {
  const named = (of: HybridConfig) => bill(of).rates.map(({ price }) => price);
  const none = named(config());
  t.false(none.includes(usage.endpointData) || none.includes(usage.resolverQueries));
  t.true(named(config({ privateEndpoints: {} })).includes(usage.endpointData));
  t.true(named(config({ resolver: { inbound: {} } })).includes(usage.resolverQueries));
  const logs = (queryLogs: object) =>
    bill(config({ resolver: { inbound: queryLogs } })).rates.some(({ what }) => /DNS queries and/.test(what));
  t.true(logs({ queryLogs: {} }));
  t.false(logs({}));
});

test("rates name only what the stack has", (t) => {
  const named = (of: HybridConfig) => bill(of).rates.map(({ price }) => price);
  t.false(named(config()).includes(usage.natData));
  t.false(named(config()).includes(usage.networkCapacity));
  t.true(named(config()).includes(usage.insights));
  t.true(named(config({ cluster: { containerInsights: "enhanced" } })).includes(usage.enhancedInsights));
  t.false(named(config({ cluster: { containerInsights: "disabled" } })).includes(usage.insights));
});

test("the total is the sum of its items", (t) => {
  const { items, total } = bill(config());
  t.is(total.toFixed(6), items.reduce((sum, item) => sum + item.monthly, 0).toFixed(6));
});

test("README shows what `npm run cost -- home` prints", async (t) => {
  const readme = await readFile(`${root}README.md`, "utf8");
  t.true(
    readme.includes(await priceStack(root, "home")),
    "put the output of `npm run cost -- home` into README.md",
  );
});

test("README shows the fixed costs that `npm run cost -- private` prints", async (t) => {
  const readme = await readFile(`${root}README.md`, "utf8");
  const [standing = ""] = (await priceStack(root, "private")).split("\n\n");
  t.true(readme.includes(standing), "put the first table of `npm run cost -- private` into README.md");
  const [total, ...resolvers] = [/Total/, /Inbound resolver/, /Outbound resolver/].map((name) =>
    Number(/[\d.]+(?=(\*\*)? \|$)/.exec(standing.split("\n").find((row) => name.test(row)) ?? "")?.[0]),
  );
  const dollars = (amount = 0) => `$${amount.toFixed(2)}`;
  const sum = resolvers.reduce((sum, amount) => sum + amount, 0);
  t.true(readme.includes(`${dollars(total)} a month, of which ${dollars(sum)} for the resolvers`));
});

test("an incomplete stack has a price, a stack with mistakes has none", async (t) => {
  await t.notThrowsAsync(priceStack(root, "dev"));
  await t.throwsAsync(priceStack(root, "nowhere"), { message: /^STACK: nowhere: / });
});
