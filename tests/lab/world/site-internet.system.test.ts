/** In namespaces of the test's own, with the router's nft: a host, the laptop, the internet with a VPN endpoint. */
import { spawn } from "node:child_process";
import test from "ava";
import { natRules } from "../../../lab/world/network.ts";
import { run, succeeds } from "../../../lab/world/run.ts";
import { cutRules } from "../../../lab/world/site-internet.ts";
import { need } from "../../support/needs.ts";

const [router, home, wan] = ["router", "home", "wan"].map((name) => `cut-${process.pid}-${name}`) as [
  string,
  string,
  string,
];
const missing = process.getuid?.() === 0 ? [] : ["root's rights"];

const links = `
link add home netns ${router} type veth peer name eth0 netns ${home}
link add wan1 netns ${router} type veth peer name eth0 netns ${wan}
`;
const addresses: Readonly<Record<string, readonly string[]>> = {
  [router]: [
    "addr add 192.168.1.1/24 dev home",
    "addr add 203.0.113.30/24 dev wan1",
    "link set home up",
    "link set wan1 up",
  ],
  [home]: [
    "addr add 192.168.1.101/24 dev eth0",
    "addr add 192.168.1.50/24 dev eth0",
    "link set eth0 up",
    "route add default via 192.168.1.1",
  ],
  [wan]: [
    "addr add 203.0.113.17/24 dev eth0",
    "addr add 203.0.113.49/24 dev eth0",
    "link set eth0 up",
    "route add 198.51.100.0/24 via 203.0.113.30",
  ],
};

/** Answers every datagram on a port of every address with its sender's address, from the address to which it came. */
const echo = `
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    data, sender = sock.recvfrom(100)
    sock.sendto(sender[0].encode(), sender)
`;

/** Returns the sender that the other end saw; "none" without an answer within a second. */
const ask = `
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 0)); sock.settimeout(1)
sock.sendto(b"?", (sys.argv[2], int(sys.argv[3])))
try: print(sock.recv(100).decode())
except TimeoutError: print("none")
`;

const heard = async (from: string, to: string, port: number) =>
  (await run(["python3", "-c", ask, from, to, String(port)], { netns: home })).trim();

need(missing, "run the tests as root");

test.serial(
  "a cut leaves the hosts only IKE and ESP in UDP to the VPN endpoints, and the laptop everything",
  async (t) => {
    const all = [router, home, wan];
    t.teardown(async () => {
      for (const netns of all) await succeeds(["ip", "netns", "del", netns]);
    });
    for (const netns of all) await run(["ip", "netns", "add", netns]);
    await run(["ip", "-batch", "-"], { input: links });
    for (const [netns, lines] of Object.entries(addresses))
      await run(["ip", "-netns", netns, "-batch", "-"], { input: `${lines.join("\n")}\n` });
    await run(["sysctl", "-qw", "net.ipv4.ip_forward=1"], { netns: router });
    await run(["nft", "-f", "-"], { netns: router, input: natRules });
    for (const [address, port] of [
      ["203.0.113.17", "4500"],
      ["203.0.113.17", "53"],
      ["203.0.113.49", "4500"],
    ]) {
      const server = spawn("ip", ["netns", "exec", wan, "python3", "-c", echo, address ?? "", port ?? ""]);
      t.teardown(() => server.kill());
      await new Promise((ready) => server.stdout.once("data", ready));
    }
    const asHost = () =>
      Promise.all([
        heard("192.168.1.101", "203.0.113.17", 4500),
        heard("192.168.1.101", "203.0.113.17", 53),
        heard("192.168.1.101", "203.0.113.49", 4500),
        heard("192.168.1.50", "203.0.113.49", 4500),
      ]);
    const open = ["198.51.100.7", "198.51.100.7", "198.51.100.7", "198.51.100.8"];
    t.deepEqual(await asHost(), open);
    for (let twice = 0; twice < 2; twice++) await run(["nft", "-f", "-"], { netns: router, input: cutRules });
    t.deepEqual(await asHost(), ["198.51.100.7", "none", "none", "198.51.100.8"]);
    await run(["nft", "delete", "table", "ip", "homecut"], { netns: router });
    t.deepEqual(await asHost(), open);
  },
);
