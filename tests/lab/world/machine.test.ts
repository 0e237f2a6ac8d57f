import test from "ava";
import { missingPackages } from "../../../lab/world/machine.ts";

const linux = { platform: "linux", uid: 0, has: () => true };

test("nothing is missing on a machine that has it all", (t) => {
  t.deepEqual(missingPackages(linux), []);
});

test("what is missing is named by Debian's package", (t) => {
  const has = (command: string) => !["systemd-nspawn", "nft"].includes(command);
  t.deepEqual(missingPackages({ ...linux, has }), ["nftables", "systemd-container"]);
});

test("on macOS it says how to run it in a virtual machine", (t) => {
  t.throws(() => missingPackages({ ...linux, platform: "darwin" }), {
    message: /runs darwin.*virtual machine/s,
  });
});

test("without root it says so, and how", (t) => {
  t.throws(() => missingPackages({ ...linux, uid: 1000 }), { message: /uid 1000 is not root; use `sudo/ });
});
