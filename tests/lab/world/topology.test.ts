import test from "ava";
import fc from "fast-check";
import { hostsOf } from "../../../lab/world/topology.ts";

test("the gateway and the nodes have the article's addresses", (t) => {
  t.deepEqual(
    hostsOf(2).map(({ name, address, netns }) => [name, address, netns]),
    [
      ["pi-gateway", "192.168.1.196", "hl-pi-gateway"],
      ["pi-1", "192.168.1.101", "hl-pi-1"],
      ["pi-2", "192.168.1.102", "hl-pi-2"],
    ],
  );
});

test("in the smallest lab the gateway is the node", (t) => {
  t.deepEqual(
    hostsOf(0).map(({ name, roles }) => [name, roles]),
    [["pi-gateway", ["gateway", "node"]]],
  );
});

test("names, addresses and MACs are unique, and interface names fit the kernel's 15 bytes", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 90 }), (nodes) => {
      const all = hostsOf(nodes);
      const unique = (of: (host: (typeof all)[number]) => string) => new Set(all.map(of)).size === all.length;
      t.true(unique((h) => h.name) && unique((h) => h.address) && unique((h) => h.mac));
      t.true(all.every((h) => `h-${h.name}`.length <= 15 && h.mac.startsWith("b8:27:eb:")));
    }),
  );
});

for (const nodes of [-1, 91, 1.5])
  test(`${nodes} nodes are refused`, (t) => {
    t.throws(() => hostsOf(nodes), { instanceOf: RangeError, message: /--nodes: .* 0 to 90/ });
  });
