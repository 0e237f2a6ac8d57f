import test from "ava";
import { linkCommands, natRules } from "../../../lab/world/network.ts";

test("every namespace gets its links, addresses and routes in one batch", (t) => {
  const commands = linkCommands();
  t.deepEqual(Object.keys(commands).toSorted(), [
    "hl-aws",
    "hl-inet",
    "hl-laptop",
    "hl-vgw1",
    "hl-vgw2",
    "hl-vpc",
  ]);
  t.deepEqual(commands["hl-vgw2"], [
    "link set lo up",
    "addr add 203.0.113.33/28 dev eth0",
    "link set eth0 up",
    "route add default via 203.0.113.46",
    "link add vpc type veth peer name vgw2 netns hl-vpc",
    "link set vpc up",
  ]);
  t.true(commands["hl-laptop"]?.includes("route add 10.0.0.0/16 via 192.168.1.196"));
  // A bridge without an address of its own changes its address when the host with the lowest one comes or goes.
  t.regex(
    commands["hl-inet"]?.find((line) => line.includes("bridge")) ?? "",
    / address 02(:[0-9a-f]{2}){5} /,
  );
});

test("both ends of a link are made before either is used", (t) => {
  const order = Object.values(linkCommands()).flat();
  for (const [i, line] of order.entries()) {
    const [, name] = /^link set (\S+) up/.exec(line) ?? [];
    const [, far] = /^(?:addr|route) add .* dev (\S+)/.exec(line) ?? [];
    for (const device of [name, far]) {
      if (device === undefined || device === "lo" || device === "eth0") continue;
      const made = order.findIndex((l) => new RegExp(`(add|name) ${device}( |$)`).test(l));
      t.true(made >= 0 && made < i, line);
    }
  }
});

test("the home's router masks the home, and lets in only answers", (t) => {
  t.regex(natRules, /iifname "home" oifname "wan\*" snat to 198\.51\.100\.7/);
  t.regex(natRules, /policy drop;\s+ct state established,related accept\s+iifname "home" accept\s+}/);
});
