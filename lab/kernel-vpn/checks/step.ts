/** The product's own step on the guest's kernel: in force, idempotent, undone. */
import { strict as assert } from "node:assert";
import type { Check } from "../../checks/check.ts";
import { differences } from "../../checks/support/snapshot.ts";
import { carryOut, type Format } from "../gateway.ts";
import type { Guest } from "../guest.ts";

const tunnels = ["tunnel1", "tunnel2"] as const;

/** The step, on a gateway that may stand in the other format. Its own `verify` has seen traffic in both tunnels. */
export async function converge(guest: Guest, format: Format): Promise<string> {
  const { changed, facts } = await carryOut(guest, "converge", format);
  for (const tunnel of tunnels) assert.equal(facts[tunnel], "UP", tunnel);
  return `${changed.length} files, both tunnels UP`;
}

interface Link {
  readonly mtu: number;
  readonly linkinfo: { readonly info_kind: string };
}

/**
 * A mark leads to a VTI, an interface id to an XFRM interface; charon puts a mark on what goes out only. VTI takes three
 * settings more, and a loose filter. `ways`: how many of a tunnel's two states carry the sign.
 */
const wanted = {
  "swanctl.conf": { kind: "xfrm", sign: /if_id 0x(64|c8)\b/g, ways: 2, settings: {} },
  "ipsec.conf": {
    kind: "vti",
    sign: /mark 0x(64|c8)\b/g,
    ways: 1,
    settings: {
      "all/rp_filter": "2",
      "eth0/disable_policy": "1",
      "eth0/disable_xfrm": "1",
      "tunnel1/disable_policy": "1",
      "tunnel2/disable_policy": "1",
    },
  },
} as const;

export const inForce = (guest: Guest, format: Format): Check => ({
  name: "in-force",
  title: `${format}: the kernel encrypts, and each tunnel has its interface`,
  run: async () => {
    const { kind, sign, ways, settings } = wanted[format];
    for (const tunnel of tunnels) {
      const [link] = JSON.parse(await guest.sh(`ip -d -j link show dev ${tunnel}`)) as Link[];
      assert.deepEqual([link?.linkinfo.info_kind, link?.mtu], [kind, 1438], tunnel);
    }
    const states = (await guest.sh("ip xfrm state")).replaceAll(/0x\w{40,}/g, "(key)");
    // More than that while a tunnel is renewed.
    for (const [what, least] of [
      [sign, 2 * ways],
      [/aead rfc4106\(gcm\(aes\)\)/g, 4],
      [/encap type espinudp sport 4500 dport 4500/g, 4],
    ] as const)
      assert((states.match(what) ?? []).length >= least, `${least} times ${what.source} in:\n${states}`);
    for (const [name, value] of Object.entries(settings))
      assert.equal((await guest.sh(`cat /proc/sys/net/ipv4/conf/${name}`)).trim(), value, name);
    return `${kind} interfaces of 1438 bytes, AES-GCM in UDP 4500`;
  },
});

export const unchanged = (guest: Guest, format: Format): Check => ({
  name: "unchanged",
  title: `${format}: a second run changes nothing`,
  run: async () => {
    assert.deepEqual((await carryOut(guest, "converge", format)).changed, [], "changed");
    return "nothing changed";
  },
});

/**
 * The gateway as text: what the step may change; which units are enabled are links in /etc. Few processes: the processor
 * may be one that QEMU translates. Not `ip_vti0`, which is the kernel's own and goes with its module.
 */
const picture = `
export LC_ALL=C
find /etc /usr/local /var/lib/ecs-anywhere-hybrid -xdev ! -type d ! -path '/etc/*.pwd.lock' -printf '%m %u:%g %p %l\\n' 2>/dev/null | sort
find /etc /usr/local -xdev -type f -exec sha256sum {} + | sort
systemctl list-units --state=active --plain --no-legend 'strongswan*' 'ecs-anywhere-hybrid*'
ip -o link show | awk '$2 !~ /^ip_vti0/ { print "link " $2 }'
ip -4 route show table all | sed 's/^/route /'
ip -4 rule show | sed 's/^/rule /'
ip xfrm state | sed -n 's/^src/state/p'
ip xfrm policy | sed -n 's/^src/policy/p'
nft list ruleset | grep -v -e '^table' -e '^[[:space:]]*chain' -e '^[[:space:]]*}$' -e 'policy accept;$' -e '^#' -e '^$'
grep . /proc/sys/net/ipv4/ip_forward $(ls -d /proc/sys/net/ipv4/conf/*/* | grep -v /ip_vti0/ | grep -E '/(rp_filter|disable_policy|disable_xfrm|send_redirects)$')
`;

export const takePicture = (guest: Guest) => guest.run(["sh", "-c", picture], { seconds: 90 });

export const undone = (guest: Guest, format: Format, before: string): Check => ({
  name: "undone",
  title: `${format}: undone, the gateway is as it was`,
  run: async () => {
    await carryOut(guest, "undo", format);
    assert.deepEqual(differences(before, await takePicture(guest)), [], "left");
    return "files, interfaces, routes, rules, kernel settings and daemons";
  },
});
