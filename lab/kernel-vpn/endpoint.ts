/** AWS's two ends of the VPN inside the guest: strongSwan on the guest kernel's own ESP, each in a namespace of its own. */
import { endpoints, site } from "../world/topology.ts";
import { presharedKey } from "./gateway.ts";
import type { Guest } from "./guest.ts";

const endpoint = (n: 1 | 2) => endpoints[n === 1 ? 0 : 1];

const strongswanConf = `charon-systemd {
  load = random nonce aes sha1 sha2 hmac gcm pem openssl kdf drbg kernel-netlink socket-default vici
  load_modular = no
  install_routes = no
  plugins {
    vici {
      socket = unix:///run/charon.vici
    }
  }
}
`;

/** What the VPN connection admits, and no more; all of the tunnel's traffic belongs to the interface `ipsec0`. */
const swanctlConf = (n: 1 | 2) => `connections {
  site {
    version = 2
    local_addrs = ${endpoint(n).address}
    remote_addrs = ${site.publicAddress}
    proposals = aes256gcm16-prfsha384-ecp384
    mobike = no
    unique = replace
    dpd_delay = 10s
    if_id_in = ${n}
    if_id_out = ${n}
    local {
      auth = psk
      id = ${endpoint(n).address}
    }
    remote {
      auth = psk
      id = ${site.publicAddress}
    }
    children {
      site {
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        esp_proposals = aes256gcm16-ecp384
      }
    }
  }
}
secrets {
  ike-site {
    id-1 = ${endpoint(n).address}
    id-2 = ${site.publicAddress}
    secret = "${presharedKey(n)}"
  }
}
`;

/**
 * strongSwan as it is on the guest's untouched disk, in a root of its own: the step changes the gateway's. What an
 * endpoint that was killed left in the kernel goes first. No unit of systemd: its death would keep the guest's systemd
 * busy just when the gateway has to notice it.
 * Socket first: each call of swanctl that fails costs half a second on a processor that QEMU translates.
 */
const startScript = (n: 1 | 2) => `
own=/run/lab/vgw${n}
if [ ! -d $own ]; then
  mkdir -p $own
  mount -t tmpfs tmpfs $own
  mkdir $own/upper $own/work $own/root
  mount -t overlay -o lowerdir=/lab/disk,upperdir=$own/upper,workdir=$own/work overlay $own/root
  mount --rbind /dev $own/root/dev
  mount -t proc proc $own/root/proc
  cat >$own/root/etc/strongswan.conf <<'END'
${strongswanConf}END
  cat >$own/root/etc/swanctl/swanctl.conf <<'END'
${swanctlConf(n)}END
fi
rm -f $own/root/run/charon.vici
ip -n ${endpoint(n).netns} xfrm state flush
ip -n ${endpoint(n).netns} xfrm policy flush
setsid ip netns exec ${endpoint(n).netns} chroot $own/root /usr/sbin/charon-systemd </dev/null >$own/log 2>&1 &
echo $! >$own/pid
until [ -S $own/root/run/charon.vici ]; do sleep 0.1; done
${swanctlScript(n, "--load-all")} 2>&1
`;

/** `swanctl` on an endpoint. */
export const swanctlScript = (n: 1 | 2, ...args: readonly string[]) =>
  `chroot /run/lab/vgw${n}/root swanctl ${args.join(" ")}`;

/** Starts an endpoint, which then waits for the gateway. */
export const startEndpoint = (guest: Guest, n: 1 | 2) => guest.sh(startScript(n), { seconds: 90 });

/** The endpoint is gone at once, without a word to its peer, and hears nothing more. */
export const killEndpointScript = (n: 1 | 2) => `kill -KILL "$(cat /run/lab/vgw${n}/pid)"\n`;
