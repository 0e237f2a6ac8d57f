/** A gateway in a scratch root, with stand-ins for systemd, strongSwan, nft and ip. */
import type { ExecutionContext } from "ava";
import { type VpnGatewayArgs, vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { ScratchRoot } from "../../../support/scratch-root.ts";

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
    this.write("../active/none", "");
    this.write("/proc/sys/net/ipv4/icmp_ratelimit", "1000\n");
    // A unit's state is a file: active/NAME, and the link that enables it.
    this.fake(
      "systemctl",
      `wants=$ROOT/etc/systemd/system/multi-user.target.wants; cd "$ROOT/.."
action=$1; shift; now=
while :; do case \${1-} in --now) now=yes; shift ;; --quiet) exec >/dev/null; shift ;; *) break ;; esac; done
status=0
for unit; do
  case $action in
    is-active) if [ -e "active/$unit" ]; then echo active; else echo inactive; status=3; fi ;;
    is-enabled) if [ -e "$wants/$unit" ]; then echo enabled; else echo disabled; status=1; fi ;;
    start | restart) : >"active/$unit" ;;
    stop) [ ! -e "active/$unit" ] || rm "active/$unit" ;;
    enable) [ -d "$wants" ] || mkdir -p "$wants"; : >"$wants/$unit" ;;
    disable)
      [ ! -e "$wants/$unit" ] || { rm "$wants/$unit"; rmdir -p "$wants" 2>/dev/null; }
      [ -z "$now" ] || [ ! -e "active/$unit" ] || rm "active/$unit"
      ;;
  esac
done
exit $status`,
    );
    this.fake("apt-get", "exit 1");
    this.fake("dpkg-query", 'for name; do echo "$name installed"; done');
    this.fake("nft", 'case "$*" in "list table"*) cat "$ROOT/etc/ecs-anywhere-hybrid/vpn.nft" ;; esac');
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
    this.fake("unshare");
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
