import { execFileSync } from "node:child_process";
import test from "ava";
import { gatewayStep } from "../../../lab/kernel-vpn/gateway.ts";
import { homeScript, sendThrough } from "../../../lab/kernel-vpn/home.ts";
import { guestHost, guestSeed } from "../../../lab/kernel-vpn/seed.ts";
import { isGoodShell } from "../../support/shellcheck.ts";

const { files, links } = guestSeed();
const file = (path: string) => files.find((file) => file.path === path)?.content ?? "";

test("the guest is the lab's gateway, without the stand-in for a Pi's firmware", (t) => {
  t.is(file("etc/hostname"), "pi-gateway\n");
  t.regex(file("etc/netplan/10-eth0.yaml"), /192\.168\.1\.196\/24/);
  t.false([...files, ...links].some(({ path }) => /firmware|ssh_host/.test(path)));
});

test("no path is seeded twice: a link over a file would end the build", (t) => {
  const paths = [...files, ...links].map(({ path }) => path);
  t.deepEqual(
    paths.filter((path, i) => paths.indexOf(path) !== i),
    [],
  );
});

test("the agent starts at boot, and Python understands it", (t) => {
  t.true(links.some(({ path }) => path.endsWith("multi-user.target.wants/lab-agent.service")));
  t.notThrows(() =>
    execFileSync("/usr/bin/python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
      input: file("lab/agent.py"),
    }),
  );
});

test("the scripts are sound sh", (t) => {
  isGoodShell(t, file("lab/init"));
  isGoodShell(t, homeScript(guestHost().mac));
});

test("the VPC's route back to the site can use either endpoint", (t) => {
  t.regex(sendThrough(1), /192\.168\.1\.0\/24 via 10\.0\.251\.1 src 10\.0\.240\.4$/);
  t.regex(sendThrough(2), /via 10\.0\.252\.1 /);
});

test("the step in the guest is the product's, on the kernel path, in either format", (t) => {
  for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
    const { files: own = [] } = gatewayStep(format);
    t.true(own.some(({ path }) => path.endsWith("/vpn-updown")));
    t.true(own.some(({ content }) => content.includes("203.0.113.17") && content.includes("203.0.113.33")));
  }
});
