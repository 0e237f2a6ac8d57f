/** The commands are good shell, and together behave like a host's. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { isGoodShell } from "../shellcheck.ts";
import { debian } from "./debian.ts";
import { docker } from "./docker.ts";
import { type Host, host } from "./host.ts";
import { netplan, tunnels } from "./network.ts";

// Expressions in single quotes; `local`, which Debian's policy guarantees in /bin/sh.
const notWrong = ["SC2016", "SC3043"];
const folder = join(import.meta.dirname, "commands");
for (const file of readdirSync(folder))
  test(`${file} passes shellcheck`, (t) =>
    isGoodShell(t, readFileSync(join(folder, file), "utf8"), notWrong));

const run = (at: Host, line: string): string => {
  const [command = "", ...args] = line.split(" ");
  return execFileSync(command, args, { env: at.environment, encoding: "utf8", stdio: "pipe" });
};

test("apt installs what a package needs, once, and takes only what it is told", (t) => {
  const at = host(t, debian("13"));
  t.is(run(at, "apt-get -q -s install docker.io"), "Inst runc (1)\nInst docker.io (1)\n");
  t.deepEqual(at.packages, []);
  run(at, "apt-get -q -o A=1 -y install docker.io docker-cli");
  t.deepEqual(at.packages, ["docker-cli", "docker.io", "runc"]);
  t.is(run(at, "apt-get -s install docker.io"), "");
  t.is(run(at, "dpkg-query -W -f x runc docker-cli"), "runc installed\ndocker-cli installed\n");
  run(at, "apt-get -y purge docker-cli");
  t.deepEqual(at.packages, ["docker.io", "runc"]);
  t.false(at.exists("/usr/bin/docker"));
  t.throws(() => run(at, "apt-get -y install nginx"), { message: /Unable to locate package nginx/ });
  t.throws(() => run(at, "dpkg-query -W -f x runc nginx"));
});

test("a unit is known, enabled and active, each apart from the others", (t) => {
  const at = host(t, debian("12"));
  t.throws(() => run(at, "systemctl cat docker.service"));
  t.throws(() => run(at, "systemctl enable --now docker.service"), { message: /could not be found/ });
  docker()(at);
  run(at, "systemctl cat docker.service");
  t.throws(() => run(at, "systemctl --quiet is-enabled docker"));
  run(at, "systemctl start docker");
  run(at, "systemctl --quiet is-active docker.service");
  t.throws(() => run(at, "systemctl --quiet is-enabled docker"));
  run(at, "systemctl enable docker.service docker.socket");
  run(at, "systemctl disable --now docker.service");
  t.deepEqual(at.activeUnits, []);
  t.throws(() => run(at, "systemctl is-enabled docker"));
  run(at, "systemctl is-enabled docker.socket");
});

test("a destination follows its route until the route is deleted; tunnels come first", (t) => {
  const at = host(t, debian("12"), netplan());
  t.regex(run(at, "ip -o route get 10.0.0.1"), /^10\.0\.0\.1 via 192\.168\.1\.1 dev eth0 /);
  run(at, "ip route replace 10.0.0.0/16 via 192.168.1.196 dev eth0 mtu 1400");
  run(at, "ip route replace 10.0.0.0/16 via 192.168.1.197 dev eth0");
  t.is(at.routes, "10.0.0.0/16 via 192.168.1.197 dev eth0\n");
  t.regex(run(at, "ip -o route get 10.0.0.1"), / via 192\.168\.1\.197 dev eth0 /);
  t.is(
    run(at, "ip -4 route show table main 10.0.0.0/16 via 192.168.1.197 dev eth0"),
    "10.0.0.0/16 via 192.168.1.197 dev eth0\n",
  );
  tunnels(at);
  t.regex(run(at, "ip -o route get 10.0.0.1"), / dev ipsec0 /);
  run(at, "ip route del 10.0.0.0/16 via 192.168.1.197 dev eth0");
  t.is(at.routes, "");
  t.throws(() => run(at, "ip route del 10.0.0.0/16 via 192.168.1.197 dev eth0"));
});
