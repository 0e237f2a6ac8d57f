import test from "ava";
import { swanctlConf } from "../../../../lab/aws/data-plane/swanctl.ts";
import { network, noNetwork, tunnel } from "./support.ts";

test("each endpoint gets its own tunnel, without the key of the other", (t) => {
  const [first, second] = ["203.0.113.17", "203.0.113.33"].map((address) =>
    swanctlConf(address, network(), "userspace"),
  );
  t.regex(first ?? "", /local_addrs = 203\.0\.113\.17\n/);
  t.regex(first ?? "", /remote_addrs = 198\.51\.100\.7\n/);
  t.regex(first ?? "", /secret = "key-of-tunnel-1"/);
  t.notRegex(first ?? "", /key-of-tunnel-2|203\.0\.113\.33/);
  t.regex(second ?? "", /secret = "key-of-tunnel-2"/);
});

test("the endpoint offers what the connection asks for", (t) => {
  const conf = swanctlConf("203.0.113.17", network(), "userspace");
  t.regex(conf, /\n {4}proposals = aes256gcm16-prfsha384-ecp384\n/);
  t.regex(conf, /\n {8}esp_proposals = aes256gcm16-ecp384\n/);
  t.regex(conf, /\n {4}version = 2\n/);
  t.regex(conf, /\n {8}start_action = none\n/);
});

test("without options, the endpoint offers everything, AEAD ciphers apart from the others", (t) => {
  const open = { encryption: [], integrity: [], dhGroups: [], lifetimeSeconds: 3600 };
  const conf = swanctlConf(
    "203.0.113.17",
    network({ ...tunnel(1), phase1: open, phase2: open, ikeVersions: [] }),
    "userspace",
  );
  t.regex(conf, /\n {4}version = 0\n/);
  t.regex(conf, /\n {8}esp_proposals = aes256gcm16-aes128gcm16-ecp521[^,]*,aes256-aes128-sha512[^,]*\n/);
});

test("without a VPN connection, the sections are empty, which takes everything down", (t) => {
  t.is(swanctlConf("203.0.113.17", noNetwork, "userspace"), "connections {\n}\nsecrets {\n}\n");
});

test("where the kernel encrypts, every tunnel belongs to the same interface", (t) => {
  t.regex(swanctlConf("203.0.113.17", network(), "kernel"), /\n {4}if_id_in = 1\n {4}if_id_out = 1\n/);
  t.notRegex(swanctlConf("203.0.113.17", network(), "userspace"), /if_id/);
});
