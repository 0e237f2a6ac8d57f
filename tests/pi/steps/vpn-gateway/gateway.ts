/** A gateway in a scratch root, with stand-ins for systemd, strongSwan, nft and ip. */
import type { ExecutionContext } from "ava";
import { type VpnGatewayArgs, vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { ScratchRoot } from "../../../support/scratch-root.ts";
import { nftables, systemd, unit } from "../../../support/stand-ins/primitives.ts";

const settings = ["ip_forward", ...["all", "default", "eth0"].map((name) => `conf/${name}/send_redirects`)];

/** As `ipsec statusall` and `swanctl --list-sas --raw` say it; a state other than INSTALLED is that of the IKE_SA. */
export const strokeSays = (tunnel: string, state: string) =>
  state === "INSTALLED"
    ? `${tunnel}[1]: ESTABLISHED\n${tunnel}{1}:  INSTALLED, TUNNEL\n${tunnel}{1}:  AES_GCM_16_256, 84 bytes_i (1 pkt, 1s ago)`
    : `${tunnel}[1]: ${state}`;
export const viciSays = (tunnel: string, state: string) =>
  state === "INSTALLED"
    ? `list-sa event {${tunnel} {version=2 state=ESTABLISHED child-sas {${tunnel}-1 {reqid=1 state=INSTALLED bytes-in=84 }}}}`
    : `list-sa event {${tunnel} {version=2 state=${state} child-sas {}}}`;

export const accepted = "-A FORWARD -m comment --comment ecs-anywhere-hybrid-vpn -j ACCEPT";

/** The step's host. */
export class Gateway extends ScratchRoot {
  constructor(t: ExecutionContext) {
    super();
    t.teardown(() => this.remove());
    this.write("/dev/net/tun", "");
    for (const setting of settings)
      this.write(`/proc/sys/net/ipv4/${setting}`, setting === "ip_forward" ? "0\n" : "1\n");
    this.write("/proc/sys/net/ipv4/conf/all/rp_filter", "1\n");
    this.write("/proc/sys/net/ipv4/icmp_ratelimit", "1000\n");
    systemd(this);
    nftables(this);
    for (const name of ["strongswan-starter.service", "strongswan.service"]) unit(this, name);
    this.fake("apt-get", "exit 1");
    this.fake("dpkg-query", 'for name; do echo "$name installed"; done');
    // As many accepts in Docker's chain as there are clamps; and what somebody left there.
    this.write("/run/accepts", "");
    this.fake(
      "iptables",
      `case "$*" in *" -S "*) sed 's/.*maxseg.*/${accepted}/; t; d' "$ROOT/etc/ecs-anywhere-hybrid/vpn.nft"; cat "$ROOT/run/accepts" ;; esac`,
    );
    this.fake(
      "ip",
      `case "$*" in
  *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;;
  "-4 -batch -") echo "220: from all lookup 220"; echo "10.0.0.0/16 dev ipsec0 proto static src 192.168.1.196" ;;
  *"route show"*) echo "10.0.0.0/16 dev tunnel1 metric 100"; echo "10.0.0.0/16 dev tunnel2 metric 200" ;;
  "-d link show"*) echo "5: tunnel1: xfrm if_id 0x64 vti remote" ;;
esac`,
    );
    this.fake("journalctl");
    this.say("INSTALLED", "INSTALLED");
    this.fake("modprobe", "exit 1");
  }

  say(first: string, second: string): void {
    this.fake("stroke", `echo '${strokeSays("tunnel1", first)}\n${strokeSays("tunnel2", second)}'`);
    this.fake("swanctl", `echo '${viciSays("tunnel1", first)}\n${viciSays("tunnel2", second)}'`);
  }
}

/** Waiting for tunnels that never come takes no time in tests. */
export const step = (args: VpnGatewayArgs) => {
  const { deadMansSwitchSeconds: _, ...rest } = vpnGateway(args);
  return {
    ...rest,
    settleSeconds: 0,
    // A stand-in for a device is a file.
    script: rest.script?.replace('[ -c "$ROOT/dev/net/tun" ]', '[ -e "$ROOT/dev/net/tun" ]') ?? "",
  };
};
