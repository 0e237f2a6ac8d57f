import test from "ava";
import { parse } from "yaml";
import { hostSeed } from "../../../lab/world/host-files.ts";
import { hostsOf } from "../../../lab/world/topology.ts";

const keys = {
  hostPrivateKey: "PRIVATE\n",
  hostPublicKey: "ssh-ed25519 HOST",
  personPublicKey: "ssh-ed25519 PERSON",
};
const [gateway, node] = hostsOf(1);
if (gateway === undefined || node === undefined) throw new Error("no hosts");
const file = (path: string) => hostSeed(node, keys).files.find((f) => f.path === path);

test("a new Pi's command line is one line without the memory flag", (t) => {
  const { content = "" } = file("boot/firmware/cmdline.txt") ?? {};
  t.regex(content, /^[^\n]+\n$/);
  t.notRegex(content, /cgroup/);
});

test("netplan gives the host its address, and networkd nothing to wait for", (t) => {
  const { content = "", mode } = file("etc/netplan/10-eth0.yaml") ?? {};
  t.is(mode, 0o600);
  t.deepEqual(parse(content).network.ethernets.eth0, {
    dhcp6: false,
    "accept-ra": false,
    "link-local": [],
    addresses: ["192.168.1.101/24"],
    routes: [{ to: "default", via: "192.168.1.1" }],
  });
});

test("secrets and what sudo and sshd are strict about have the right modes", (t) => {
  t.is(file("etc/ssh/ssh_host_ed25519_key")?.mode, 0o600);
  t.is(file("etc/sudoers.d/010_pi-nopasswd")?.mode, 0o440);
  t.like(file("home/pi/.ssh/authorized_keys"), {
    mode: 0o600,
    ofUser: true,
    content: "ssh-ed25519 PERSON\n",
  });
});

test("hosts have different machine ids, none of which means a first boot", (t) => {
  const idOf = (host: typeof node) =>
    hostSeed(host, keys).files.find((f) => f.path === "etc/machine-id")?.content;
  t.regex(idOf(node) ?? "", /^[0-9a-f]{32}\n$/);
  t.not(idOf(node), idOf(gateway));
});
