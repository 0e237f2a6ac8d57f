import type { Script } from "../../step.ts";
import type { VpnGatewayArgs } from "./args.ts";
import { ipsecConfMark } from "./ipsec-conf.ts";
import { usesVti } from "./sysctl.ts";

/** A key of 32 + 4 bytes for a Security Association that lives only in a network namespace of its own. */
const scratchKey = `0x${"11".repeat(36)}`;

/**
 * What must hold before anything is touched. Whether the kernel can do it is asked of the kernel, in a scratch network
 * namespace: a module file proves little, and a built-in feature has none.
 */
export function requireScript(args: VpnGatewayArgs): Script {
  return `
[ -n "$(ip -4 -o addr show scope global to ${args.siteCidr})" ] ||
  fail site.cidr ${args.siteCidr} "the gateway must have an address inside the site" "correct site.cidr, or name another host as site.gateway"
${args.dataPath === "kernel" ? kernel(args) : userspace}${args.format === "ipsec.conf" ? foreignConnections : ""}`;
}

function kernel(args: VpnGatewayArgs): Script {
  const [what, add] = usesVti(args)
    ? ["VTI", "type vti local 127.0.0.1 remote 127.0.0.2 key 1"]
    : ["XFRM interfaces", "type xfrm dev lo if_id 1"];
  return `
kernel_lacks() {
  fail vpn.dataPath kernel "the running kernel $(uname -r) has no $1 ($2)" "set vpn.dataPath to userspace, or boot a kernel that has it (Ubuntu: package linux-modules-extra-raspi)"
}
said=$(unshare -n ip link add scratch ${add} 2>&1) || kernel_lacks "${what}" "$said"
said=$(unshare -n ip xfrm state add src 127.0.0.1 dst 127.0.0.2 proto esp spi 0x1000 mode tunnel aead 'rfc4106(gcm(aes))' ${scratchKey} 128 2>&1) ||
  kernel_lacks "ESP with AES-GCM" "$said"
`;
}

const userspace = `
[ -c "$ROOT/dev/net/tun" ] || modprobe -q tun 2>/dev/null || 
  fail vpn.dataPath userspace "the running kernel $(uname -r) has no TUN device (/dev/net/tun)" "set vpn.dataPath to kernel, or boot a kernel that has it"
`;

const foreignConnections = `
if [ -f "$ROOT/etc/ipsec.conf" ] && ! grep -qxF '${ipsecConfMark}' "$ROOT/etc/ipsec.conf" && grep -Eq '^conn[[:space:]]+[^%]' "$ROOT/etc/ipsec.conf"; then
  fail /etc/ipsec.conf "$(grep -E '^conn[[:space:]]+[^%]' "$ROOT/etc/ipsec.conf" | tr '\\n' ' ')" "the gateway has IPsec connections of its own, which this step would replace" "set vpn.format to swanctl.conf, or take them away"
fi
`;
