/** Runs in its own namespace, with nft as in the VPC's. */
import { spawn } from "node:child_process";
import test from "ava";
import { securityRules } from "../../../../lab/aws/data-plane/security.ts";
import { run, succeeds } from "../../../../lab/world/run.ts";
import { need } from "../../../support/needs.ts";
import { network, noNetwork } from "./support.ts";

const missing = process.getuid?.() === 0 ? [] : ["root's rights"];
const netns = `security-${process.pid}`;

const listener = `
import socket, sys, threading
def serve(address, port):
    server = socket.create_server((address, port))
    while True: server.accept()[0].close()
for pair in sys.argv[1:]:
    address, port = pair.split(":")
    threading.Thread(target=serve, args=(address, int(port)), daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
`;

const connect = `
import socket, sys
try:
    socket.create_connection((sys.argv[2], int(sys.argv[3])), timeout=1, source_address=(sys.argv[1], 0)).recv(1)
    print("connected")
except TimeoutError: print("dropped")
except OSError as error: print(error)
`;

const from = async (source: string, to: string, port: number) =>
  (await run(["python3", "-c", connect, source, to, String(port)], { netns })).trim();

need(missing, "run the tests as root");

test("traffic that a security group does not admit is dropped, and so is all traffic to a lost address", async (t) => {
  t.teardown(() => succeeds(["ip", "netns", "del", netns]));
  await run(["ip", "netns", "add", netns]);
  const own = ["10.0.0.17", "10.0.0.10", "10.0.0.2", "10.0.0.99", "192.168.1.101", "172.16.0.1"];
  const lines = ["link set lo up", ...own.map((address) => `addr add ${address}/32 dev lo`)];
  await run(["ip", "-netns", netns, "-batch", "-"], { input: `${lines.join("\n")}\n` });
  const apply = (rules: string) => run(["nft", "-f", "-"], { netns, input: rules });
  await apply(securityRules(network()));
  const pairs = ["10.0.0.17:443", "10.0.0.17:80", "10.0.0.10:53", "10.0.0.2:53", "10.0.0.99:443"];
  const server = spawn("ip", ["netns", "exec", netns, "python3", "-c", listener, ...pairs]);
  t.teardown(() => server.kill());
  await new Promise((ready) => server.stdout.once("data", ready));

  t.is(await from("192.168.1.101", "10.0.0.17", 443), "connected");
  t.is(await from("192.168.1.101", "10.0.0.17", 80), "dropped");
  t.is(await from("172.16.0.1", "10.0.0.17", 443), "dropped");
  t.is(await from("192.168.1.101", "10.0.0.10", 53), "connected");
  // The VPC's own resolver is for the VPC only; an address without a security group here is open to all.
  t.is(await from("192.168.1.101", "10.0.0.2", 53), "dropped");
  t.is(await from("10.0.0.99", "10.0.0.2", 53), "connected");
  t.is(await from("172.16.0.1", "10.0.0.99", 443), "connected");

  await run(["nft", "add element ip vpc lost { 10.0.0.17 }"], { netns });
  // A change of the network in the middle of a fault does not end the fault.
  await apply(securityRules(network()));
  t.is(await from("192.168.1.101", "10.0.0.17", 443), "dropped");
  await run(["nft", "delete element ip vpc lost { 10.0.0.17 }"], { netns });
  t.is(await from("192.168.1.101", "10.0.0.17", 443), "connected");

  await apply(securityRules(noNetwork));
  t.is(await from("172.16.0.1", "10.0.0.17", 80), "connected");
});
