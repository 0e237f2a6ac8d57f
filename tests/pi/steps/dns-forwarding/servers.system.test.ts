/** All DNS servers, run for real on what the step renders: who is asked for what, and what happens when no resolver answers. */
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { dnsServerNames } from "../../../../limits/dns-servers.ts";
import { servers } from "../../../../pi/steps/dns-forwarding/servers/index.ts";
import { type DnsForwardingArgs, dnsForwarding } from "../../../../pi/steps/dns-forwarding.ts";
import { byLab, need } from "../../../support/needs.ts";
import { serverTests } from "./server-test.ts";
import { missing, resolvers, router, World } from "./world.ts";

need(missing, byLab);

const domains = ["us-east-1.amazonaws.com", "us-east-1.api.aws"];
const args = (server: DnsForwardingArgs["server"]): DnsForwardingArgs => ({
  server,
  domains,
  resolvers,
  role: "node",
});
const ecs = "ecs.us-east-1.amazonaws.com";
const isPublic = (address: string) => !address.startsWith("10.");

/** What a loaded machine may add to each of them. */
const load = 1.5;

for (const server of dnsServerNames) {
  test(`${server} on a node: AWS's names by the resolver alone, others as before, for the node and its containers`, async (t) => {
    t.timeout(120_000);
    const world = await World.make(t, server);
    const before = world.read("/etc/resolv.conf");
    const result = await world.run(dnsForwarding(args(server)));
    t.is(result.facts[ecs], "10.0.0.45");
    t.deepEqual((await world.run(dnsForwarding(args(server)))).changed, [], "a second run changes nothing");

    for (const from of ["node", "container"] as const) {
      for (const tcp of [false, true]) {
        t.like(await world.ask(from, ecs, { tcp }), { status: "NOERROR", addresses: ["10.0.0.45"] });
        t.deepEqual((await world.ask(from, "logs.us-east-1.api.aws", { tcp })).addresses, ["10.0.0.98"]);
        t.deepEqual((await world.ask(from, "example.org", { tcp })).addresses, ["93.184.216.34"]);
        t.deepEqual((await world.ask(from, "s3.eu-west-1.amazonaws.com", { tcp })).addresses, [
          "54.239.28.85",
        ]);
      }
    }
    t.deepEqual((await world.lookUp(ecs)).addresses, ["10.0.0.45"]);
    t.deepEqual((await world.lookUp("nas")).addresses, ["192.168.1.20"], "the search list is still there");
    t.like(await world.ask("site", ecs, { patience: 1 }), { status: "none" }, "a neighbour is refused");
    t.like(await world.ask("site", ecs, { patience: 1, tcp: true }), { status: "none" });

    world.silence("resolver1");
    const first = await world.ask("node", "one.us-east-1.amazonaws.com");
    t.deepEqual(first.addresses, ["10.0.0.99"]);
    t.true(first.seconds < servers[server].delays.deadResolver + load, `${first.seconds} s`);
    for (const name of ["two", "three", "four"]) {
      const answer = await world.ask("container", `${name}.us-east-1.amazonaws.com`);
      t.deepEqual(answer.addresses, ["10.0.0.99"]);
      t.true(
        answer.seconds < Math.min(2.5, servers[server].delays.deadResolver) + load,
        `${answer.seconds} s`,
      );
    }

    // systemd-resolved forgets all that it knew when it turns to another server.
    t.deepEqual((await world.ask("node", ecs)).addresses, ["10.0.0.45"]);
    world.silence("resolver1", "resolver2");
    const known = await world.ask("container", ecs);
    t.like(known, { status: "NOERROR", addresses: ["10.0.0.45"] }, "what it knows it tells");
    t.true(known.seconds < 1 + load, `${known.seconds} s`);
    const lost = await world.lookUp("five.us-east-1.amazonaws.com");
    t.deepEqual(lost.addresses, []);
    t.true(lost.seconds < servers[server].delays.silence + load, `${lost.seconds} s`);
    t.deepEqual((await world.ask("container", "six.us-east-1.api.aws", { patience: 3 })).addresses, []);
    t.deepEqual((await world.lookUp("example.org")).addresses, ["93.184.216.34"], "others do not mind");

    world.loseTunnels();
    for (const name of ["eight", "nine", "ten"]) {
      const { addresses, seconds } = await world.lookUp(`${name}.us-east-1.amazonaws.com`);
      t.deepEqual(addresses, []);
      t.true(seconds < servers[server].delays.refusal + load, `${seconds} s`);
      t.log(`${name}: refused after ${seconds.toFixed(2)} s, in silence after ${lost.seconds.toFixed(2)} s`);
    }
    world.findTunnels();

    world.restore("resolver1", "resolver2");
    const again = await world.ask("node", "seven.us-east-1.amazonaws.com", { patience: 5 });
    t.deepEqual(again.addresses, ["10.0.0.99"]);

    const others = world.asked("other");
    t.true(others.includes("example.org"));
    t.deepEqual(
      others.filter((name) => domains.some((domain) => name.endsWith(domain))),
      [],
    );
    for (const resolver of ["resolver1", "resolver2"] as const) {
      const ours = world.asked(resolver);
      t.deepEqual(
        ours.filter((name) => !domains.some((domain) => name.endsWith(domain))),
        [],
      );
    }

    await world.run(dnsForwarding(args(server)), "undo");
    t.is(world.read("/etc/resolv.conf"), before);
    t.true((await world.lookUp(ecs)).addresses.every(isPublic), "as it was");
    t.false(world.exists("/var/lib/ecs-anywhere-hybrid"));
    t.is(world.sh("nft list ruleset"), "");
  });
}

test("another server replaces the first one; a failure restores the first one", async (t) => {
  t.timeout(120_000);
  const world = await World.make(t, "switch");
  await world.run(dnsForwarding(args("dnsmasq")));
  await world.run(dnsForwarding(args("unbound")));
  t.throws(() => world.sh("systemctl is-active dnsmasq.service"));
  t.false(world.exists("/etc/dnsmasq.d/ecs-anywhere-hybrid.conf"));
  t.deepEqual((await world.lookUp(ecs)).addresses, ["10.0.0.45"]);

  world.write("/etc/bind/named.conf.local", "zone nonsense\n");
  await t.throwsAsync(world.run(dnsForwarding(args("bind9"))), {
    message: /the previous state was restored/,
  });
  t.notThrows(() => world.sh("systemctl is-active unbound.service"));
  t.deepEqual((await world.lookUp(ecs)).addresses, ["10.0.0.45"]);

  await world.run(dnsForwarding(args("unbound")), "undo");
  t.throws(() => world.sh("systemctl is-active unbound.service"));
  t.false(world.exists("/var/lib/ecs-anywhere-hybrid"));
});

test("a rule that gives a public address is found, and nothing of the step stays", async (t) => {
  t.timeout(60_000);
  const world = await World.make(t, "public");
  world.write("/etc/dnsmasq.d/by-hand.conf", `server=/${ecs}/${router}\n`);
  const { message } = await t.throwsAsync(world.run(dnsForwarding(args("dnsmasq"))));
  t.regex(
    message,
    /ecs\.us-east-1\.amazonaws\.com: 54\.239\.28\.85 by this host's server: must be 10\.0\.0\.45/,
  );
  t.regex(message, /query\[A\] ecs/, "what the server logged");
  t.false(world.exists("/etc/dnsmasq.d/ecs-anywhere-hybrid.conf"));
  t.is(world.read("/etc/resolv.conf"), `nameserver ${router}\nsearch home.arpa\n`);
});

test("a missing answer from the resolver is reported as such", async (t) => {
  t.timeout(60_000);
  const world = await World.make(t, "silent");
  world.silence("resolver1", "resolver2");
  const { message } = await t.throwsAsync(world.run({ ...dnsForwarding(args("unbound")), settleSeconds: 3 }));
  t.regex(message, /no answer from/);
  t.is(world.read("/etc/resolv.conf"), `nameserver ${router}\nsearch home.arpa\n`);
});

for (const server of dnsServerNames) {
  test(`${server} as the site's DNS server: AWS's names by the resolver alone, and a person's files untouched`, async (t) => {
    t.timeout(120_000);
    const world = await World.make(t, `site-${server.slice(0, 4)}`);
    const step = dnsForwarding({ ...args(server), role: "site-server" });
    await t.throwsAsync(world.run(step), { message: /not running: must run here already/ });

    for (const [path, content] of Object.entries(serverTests[server].world.site)) world.write(path, content);
    world.sh(`networkctl reload; systemctl restart ${servers[server].unit}.service`);
    const list = () =>
      world.sh("find /etc -type f ! -name '*-' ! -name resolv.conf -exec md5sum {} + | sort");
    const before = list();
    await world.run(step);
    t.deepEqual((await world.run(step)).changed, []);
    // A signal to read its files again is one that a server minds when it comes to it: until then it asks as before.
    const askedBefore = world.asked("other").length;
    for (const tcp of [false, true]) {
      t.like(await world.ask("site", ecs, { tcp }), { status: "NOERROR", addresses: ["10.0.0.45"] });
      t.deepEqual((await world.ask("site", "logs.us-east-1.api.aws", { tcp })).addresses, ["10.0.0.98"]);
    }
    world.silence("resolver1");
    for (const name of ["one", "two"]) {
      const answer = await world.ask("site", `${name}.us-east-1.amazonaws.com`);
      t.deepEqual(answer.addresses, ["10.0.0.99"]);
      t.true(answer.seconds < servers[server].delays.deadResolver + load, `${answer.seconds} s`);
    }
    world.silence("resolver2");
    t.deepEqual((await world.ask("site", "three.us-east-1.amazonaws.com", { patience: 3 })).addresses, []);
    world.restore("resolver1", "resolver2");
    t.deepEqual(
      world
        .asked("other")
        .slice(askedBefore)
        .filter((name) => domains.some((domain) => name.endsWith(domain))),
      [],
    );
    for (const [path, content] of Object.entries(serverTests[server].world.site).filter(
      ([path]) => !path.endsWith(".options"),
    ))
      t.is(world.read(path), content);

    await world.run(step, "undo");
    t.is(list(), before);
    t.true(await becomesPublic(world, "four"), "as it was");
  });
}

/** Whether the resolver is asked no more: the answers are public, or, of a server that validates, none. */
async function becomesPublic(world: World, name: string): Promise<boolean> {
  for (let i = 0; i < 10; i++) {
    // Names of their own: what is known already may be told from the cache. BIND takes seconds to give up on signatures.
    const { status, addresses } = await world.ask("site", `${name}-${i}.us-east-1.amazonaws.com`);
    if (status !== "none" && addresses.every(isPublic)) return true;
    await sleep(300);
  }
  return false;
}
