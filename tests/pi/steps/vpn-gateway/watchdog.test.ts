/** The watchdog's judgement, run for real by `dash`: ping is a file of lines, and what it would do to the host is noted. */
import test from "ava";
import { combinations, gatewayArgs } from "./args.ts";
import { Bench } from "./bench.ts";

const answer = (seq: number, time = "12.3") =>
  `24 bytes from 169.254.10.1: icmp_seq=${seq} ttl=64 time=${time} ms`;
const miss = (seq: number) => `no answer yet for icmp_seq=${seq}`;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What vpn-probe says of these lines of ping, but for the counts. */
async function events(bench: Bench, lines: readonly string[]): Promise<string[]> {
  bench.put("lines", ["PING 169.254.10.1 16(44) bytes of data.", ...lines, ""].join("\n"));
  // The first ping tells it all; the next one ends the probe.
  bench.fake(
    "ping",
    `[ ! -e '${bench.folder}/told' ] || { kill $PPID; exit; }; : >'${bench.folder}/told'; cat '${bench.folder}/lines'`,
  );
  const said = await bench.run("vpn-probe", ["tunnel1"]).catch((error: { stdout: string }) => error.stdout);
  return said.split("\n").filter(Boolean);
}
const changes = async (bench: Bench, lines: readonly string[]) =>
  (await events(bench, lines)).filter((event) => !event.includes("probes"));

for (const dataPath of ["kernel", "userspace"] as const) {
  test(`${dataPath}: the ping goes through the tunnel, small, and not endlessly`, async (t) => {
    const bench = new Bench(t, gatewayArgs("ipsec.conf", dataPath));
    bench.fake("ip", 'echo "2: eth0 inet 192.168.1.196/24 scope global eth0"');
    await events(bench, []);
    const from = dataPath === "kernel" ? "tunnel1" : "192.168.1.196";
    t.is(
      bench.calls().find((call) => call.startsWith("ping")),
      `ping -n -O -i 0.15 -s 16 -w 60 -I ${from} 169.254.10.1`,
    );
  });
}

test("three probes unanswered, and the tunnel is silent; it is well when it has answered for 5 s", async (t) => {
  const steady = range(1, 67).map((n) => answer(n));
  const silent = range(68, 71).map(miss);
  const after = (length: number) => range(72, 71 + length).map((n) => answer(n));
  const until = (length: number) => changes(new Bench(t, args), [...steady, ...silent, ...after(length)]);
  const args = gatewayArgs("ipsec.conf", "kernel");
  const heard = ["tunnel1 doubt", "tunnel1 silent 0", "tunnel1 answers"];
  t.deepEqual(await until(32), heard);
  t.deepEqual(await until(33), [...heard, "tunnel1 well"]);
});

test("one or two unanswered probes are not a reason to leave a tunnel", async (t) => {
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  const lossy = range(1, 30).map((n) => (n % 4 === 0 ? miss(n) : answer(n)));
  t.deepEqual(await changes(bench, lossy), []);
  const other = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  t.deepEqual(await changes(other, [answer(1), miss(2), miss(3), answer(4)]), [
    "tunnel1 doubt",
    "tunnel1 answers",
  ]);
});

test("a round trip longer than the interval is neither silence nor loss", async (t) => {
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  const late = range(1, 26).flatMap((n) => [miss(n), answer(n, "240")]);
  const said = await events(bench, late);
  t.deepEqual(
    said.filter((event) => !event.includes("probes")),
    [],
  );
  t.is(said.at(-1), "tunnel1 probes 26 0 240");
});

test("a tunnel that falls silent again and again must answer twice as long every time", async (t) => {
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  const silence = [miss(1), miss(2), miss(3)];
  const row = (length: number) => range(4, 3 + length).map((n) => answer(n));
  const counts = (said: readonly string[]) => said.filter((event) => /silent/.test(event));
  const said = await changes(bench, [
    ...row(80),
    ...silence,
    ...row(40),
    ...silence,
    ...row(66),
    ...silence,
    ...row(80),
    ...silence,
  ]);
  t.deepEqual(counts(said), ["tunnel1 silent 0", "tunnel1 silent 1", "tunnel1 silent 2", "tunnel1 silent 0"]);
});

test("a ping that cannot run is a silent tunnel", async (t) => {
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  bench.fake(
    "ping",
    `[ ! -e '${bench.folder}/told' ] || { kill $PPID; exit; }; : >'${bench.folder}/told'; exit 2`,
  );
  const said = await bench.run("vpn-probe", ["tunnel1"]).catch((error: { stdout: string }) => error.stdout);
  t.regex(said, /tunnel1 doubt\ntunnel1 silent 0\n/);
});

/** A watchdog whose probes are what the test says; charon and the kernel are stand-ins. */
class Watch extends Bench {
  #ran = 0;

  /** Runs a new watchdog over these lines, and returns what it said. */
  async over(...lines: readonly string[]): Promise<string> {
    this.put(`script${++this.#ran}`, `${lines.join("\n")}\n`);
    // One probe tells it all, when the first look is over; the other one nothing; there is no second look.
    this.put(
      "vpn-probe",
      `#!/bin/sh
[ "$1" = tunnel1 ] || exit 0
until grep -qs '^ip' '${this.folder}/calls'; do /bin/sleep 0.01; done
cat '${this.folder}/script${this.#ran}'
`,
    );
    this.put("sleep", "#!/bin/sh\nexit 1\n");
    return this.run("vpn-watchdog");
  }
}

const tunnels = ["tunnel1", "tunnel2"];
const installed = {
  "ipsec.conf": [
    "stroke",
    tunnels
      .map(
        (name) =>
          `${name}[1]: ESTABLISHED\n${name}{2}:  INSTALLED, TUNNEL\n${name}{2}:  AES_GCM_16_256, 84 bytes_i (1 pkt, 3s ago), 168 bytes_o (2 pkts, 3s ago)`,
      )
      .join("\n"),
  ],
  "swanctl.conf": [
    "swanctl",
    tunnels
      .map(
        (name) =>
          `list-sa event {${name} {version=2 state=ESTABLISHED child-sas {${name}-1 {reqid=1 state=INSTALLED bytes-in=84 bytes-out=168 }}}}`,
      )
      .join("\n"),
  ],
} as const;

for (const { format, dataPath } of combinations) {
  const kernel = dataPath === "kernel";
  const left = kernel
    ? (tunnel: string) => `ip route del 10.0.0.0/16 dev ${tunnel} metric ${tunnel === "tunnel1" ? 100 : 200}`
    : (tunnel: string) => `swanctl --terminate --ike ${tunnel} --force`;
  const isAway = (call: string) => /^ip route del|--terminate/.test(call);
  const isBack = (call: string) => /^ip route replace/.test(call);
  const watch = (t: ConstructorParameters<typeof Watch>[0]) => {
    const bench = new Watch(t, gatewayArgs(format, dataPath));
    const [command, says] = installed[format];
    if (command === "stroke") bench.fake("swanctl");
    bench.fake(command, `case "$*" in statusall | *list-sas*) echo '${says}' ;; esac`);
    bench.fake(
      "ip",
      `case "$*" in
  "-4 rule show") echo "220: from all lookup 220" ;;
  *"route show"*)
    for tunnel in tunnel1 tunnel2; do [ -e '${bench.folder}/no-route-'$tunnel ] || echo "10.0.0.0/16 dev $tunnel metric 100"; done
    ;;
  "route del"*) : >'${bench.folder}/no-route-'$5 ;;
  "route replace"*) rm '${bench.folder}/no-route-'$5 ;;
  *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;;
esac`,
    );
    return bench;
  };
  const name = `${format}, ${dataPath} path`;

  test(`${name}: a silent tunnel is left once, for the one that answers`, async (t) => {
    const bench = watch(t);
    const said = await bench.over(
      "tunnel1 doubt",
      "tunnel1 silent 0",
      "tunnel1 silent 0",
      "tunnel1 silent 0",
    );
    t.is(said, "tunnel1: does not answer, the VPC's traffic takes tunnel2\n");
    t.deepEqual(bench.calls().filter(isAway), [left("tunnel1")]);
  });

  test(`${name}: the last tunnel is never left`, async (t) => {
    const bench = watch(t);
    await bench.over(
      "tunnel1 doubt",
      "tunnel1 silent 0",
      "tunnel2 doubt",
      "tunnel2 silent 0",
      "tunnel2 silent 0",
    );
    t.deepEqual(bench.calls().filter(isAway), [left("tunnel1")]);
  });

  test(`${name}: when the line stalls for both, the first to be heard again is not preferred at once`, async (t) => {
    const bench = watch(t);
    const stall = ["tunnel1 doubt", "tunnel2 doubt", "tunnel1 silent 0", "tunnel2 silent 0"];
    await bench.over(...stall, "tunnel2 answers", "tunnel1 silent 0", "tunnel1 answers");
    t.deepEqual(bench.calls().filter(isAway), []);
    await bench.over(...stall, "tunnel2 answers", "tunnel1 silent 0", "tunnel1 silent 0");
    t.deepEqual(bench.calls().filter(isAway), [left("tunnel1")]);
  });

  test(`${name}: the state is reported to systemd, and written as metrics`, async (t) => {
    const bench = watch(t);
    bench.fake("systemd-notify");
    // At first, and ever after.
    bench.put("date", `#!/bin/sh\n[ ! -e "$0.told" ] || exec echo 2000\n: >"$0.told"; echo 1000\n`);
    bench.put("run-metrics/vpn.prom", "of before\n");
    const environment = { NOTIFY_SOCKET: "/run/systemd/notify" };
    bench.put("script", "");
    await bench.over("tunnel2 probes 100 3 12.5", "tunnel1 doubt", "tunnel1 silent 0");
    t.false(
      bench.calls().some((call) => call.startsWith("systemd-notify")),
      "no state is reported before the watchdog is told where",
    );
    const metrics = bench.read("run-metrics/vpn.prom");
    const value = (name: string, tunnel: string) =>
      metrics
        .split("\n")
        .find((line) => line.startsWith(`ecs_anywhere_hybrid_vpn_tunnel_${name}{tunnel="${tunnel}"} `))
        ?.split(" ")[1];
    t.is(value("up", "tunnel1"), "0");
    t.is(value("used", "tunnel1"), "0");
    t.is(value("last_change_timestamp_seconds", "tunnel1"), "2000");
    for (const [name, said] of Object.entries({
      up: "1",
      used: "1",
      installed: "1",
      rtt_seconds: "12.5e-3",
      probes_total: "100",
      probes_lost_total: "3",
      received_bytes_total: "84",
      sent_bytes_total: "168",
      last_change_timestamp_seconds: "1000",
    }))
      t.is(value(name, "tunnel2"), said, name);
    for (const line of metrics.trim().split("\n"))
      t.regex(line, /^(# (HELP|TYPE) \w+ .+|\w+\{tunnel="tunnel[12]"\} (NaN|[0-9.]+(e-3)?))$/);
    await bench.run("vpn-watchdog", [], environment);
    const told = bench.calls().filter((call) => call.startsWith("systemd-notify"));
    t.is(told[0], "systemd-notify --ready");
    t.regex(
      told.at(-1) ?? "",
      /--status=tunnel1 does not answer, charon says \w+; tunnel2 answers within 12\.5 ms$/,
    );
  });

  test(`${name}: a tunnel that answers again is used again${kernel ? " when it is well" : ""}`, async (t) => {
    let bench = watch(t);
    const fault = ["tunnel1 doubt", "tunnel1 silent 0", "tunnel1 answers"];
    await bench.over(...fault);
    t.deepEqual(bench.calls().filter(isBack), []);
    bench = watch(t);
    await bench.over(...fault, "tunnel1 well");
    t.deepEqual(
      bench.calls().filter(isBack),
      kernel ? ["ip route replace 10.0.0.0/16 dev tunnel1 src 192.168.1.196 metric 100"] : [],
    );
    bench = watch(t);
    // And at once when the other one fails.
    await bench.over(...fault, "tunnel2 doubt", "tunnel2 silent 0", "tunnel2 silent 0");
    t.deepEqual(bench.calls().filter(isAway), [left("tunnel1"), left("tunnel2")]);
  });
}
