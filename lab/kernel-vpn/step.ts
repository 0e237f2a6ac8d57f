/** The product's own step on the guest's kernel: in force, idempotent, undone. */
import { strict as assert } from "node:assert";
import type { Check } from "../checks/check.ts";
import { differences } from "../checks/support/snapshot.ts";
import { carryOut, type Format } from "./gateway.ts";
import type { Guest } from "./guest.ts";

export const tunnelNames = ["tunnel1", "tunnel2"] as const;

/** The step, on a gateway that may stand in the other format. Its own `verify` has seen traffic in both tunnels. */
export async function converge(guest: Guest, format: Format): Promise<string> {
  const { changed, facts } = await carryOut(guest, "converge", format);
  for (const tunnel of tunnelNames) assert.equal(facts[tunnel], "UP", tunnel);
  return `${changed.length} files, both tunnels UP`;
}

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
