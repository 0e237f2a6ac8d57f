import test from "ava";
import { parseMoved, parsePings, parseWire } from "../../../lab/kernel-vpn/traffic.ts";
import { outage } from "../../../lab/load/load.ts";

const pings = `PING 10.0.240.4 (10.0.240.4) 56(84) bytes of data.
[1700000000.000000] 64 bytes from 10.0.240.4: icmp_seq=1 ttl=62 time=22.0 ms
[1700000000.100000] 64 bytes from 10.0.240.4: icmp_seq=2 ttl=62 time=12.5 ms
[1700000001.000000] From 192.168.1.196 icmp_seq=3 Destination Net Unreachable
[1700000003.600000] 64 bytes from 10.0.240.4: icmp_seq=37 ttl=62 time=7.96 ms

--- 10.0.240.4 ping statistics ---
37 packets transmitted, 3 received, +1 errors, 91% packet loss, time 3600ms
`;

test("pings that were answered, in milliseconds; a refusal is not one", (t) => {
  const seen = parsePings(pings);
  t.deepEqual(
    seen.map(([number]) => number),
    [1, 2, 37],
  );
  const { seconds, lost } = outage(seen);
  t.is(seconds.toFixed(3), "3.500");
  t.is(lost, 34);
});

test("the router's counters, by name", (t) => {
  const counter = (name: string, packets: number) => ({
    counter: { family: "ip", name, table: "wire", packets },
  });
  const said = (...names: readonly string[]) =>
    JSON.stringify({ nftables: [{ metainfo: {} }, ...names.map((name, i) => counter(name, i + 1))] });
  t.deepEqual(parseWire(said("up_full", "up_over", "down_full", "down_over", "clear")), {
    up_full: 1,
    up_over: 2,
    down_full: 3,
    down_over: 4,
    clear: 5,
  });
  t.throws(() => parseWire(said("up_full")), { message: /no counter up_over/ });
});

test("what a transfer tells", (t) => {
  t.deepEqual(parseMoved("whole 1386\n"), { whole: true, segment: 1386 });
  t.deepEqual(parseMoved("not whole 1386\n"), { whole: false, segment: 1386 });
  t.throws(() => parseMoved("Traceback\n"), { message: /no result/ });
});
