import type { OwnedFile } from "../../step.ts";
import { daemonUnit, programs, tunnelsOf, type VpnGatewayArgs, watchdogUnit } from "./args.ts";

/**
 * Starts a tunnel again that charon gave up on: a refusal (the endpoint was not ready yet, or a key that was since
 * mended) is final for charon in spite of its endless tries. A service with a loop instead of a timer: systemd writes
 * two lines to the journal, that is to the SD card, whenever a timer fires, 86,000 a day at this pace.
 *
 * On the kernel path it also sends one ping a round through each tunnel to AWS's inside address: AWS may drop a tunnel
 * that is idle for about 10 s (Site-to-Site VPN user guide, tunnel initiation options), and the answers are the proof
 * that the tunnel carries traffic. The userspace path has one outgoing route for both tunnels, so no packet can be
 * sent through a chosen one; there DPD keeps each tunnel busy and `closeaction` starts it again when AWS closes it.
 */
export function watchdogFiles(args: VpnGatewayArgs): readonly OwnedFile[] {
  return [
    { path: `${programs}/vpn-watchdog`, mode: "755", content: program(args) },
    { path: `/etc/systemd/system/${watchdogUnit}`, mode: "644", content: unit(args) },
  ];
}

const kernelPart = (args: VpnGatewayArgs) => `
inside_address() {
  case $1 in
${tunnelsOf(args)
  .map((tunnel) => `    ${tunnel.name}) echo ${tunnel.vgwInsideAddress} ;;`)
  .join("\n")}
  esac
}

# Somebody else may have taken the route away, and a charon that was killed leaves one behind.
tend() {
  route=$(ip -4 route show ${args.vpcCidr} dev "$1" 2>/dev/null || :)
  if [ "$2" = installed ]; then
    [ -n "$route" ] || PLUTO_CONNECTION=$1 PLUTO_VERB=route ${programs}/vpn-updown || :
    ping -q -n -c 1 -W 1 -I "$1" "$(inside_address "$1")" >/dev/null 2>&1 &
  elif [ -n "$route" ]; then
    PLUTO_CONNECTION=$1 PLUTO_VERB=down-client ${programs}/vpn-updown || :
  fi
}
tend_all() { :; }
`;

const userspacePart = `
tend() { :; }
# systemd-networkd takes away the rules that it did not make when it starts, as \`netplan apply\` has it do.
tend_all() { ip -4 rule show | grep -q 'lookup 220$' || ip -4 rule add pref 220 table 220 || :; }
`;

function program(args: VpnGatewayArgs): string {
  const initiate =
    args.format === "ipsec.conf"
      ? 'timeout 3 ipsec up "$1"'
      : 'timeout 4 swanctl --initiate --child "$1" --timeout 2';
  return `#!/bin/sh
# Every other second: starts a tunnel again that charon gave up on, and keeps what a tunnel needs in place.
set -u
# \`vpn-watchdog once\` does one round.
once=\${1-}

initiate() { ${initiate} >/dev/null 2>&1 || :; }
${args.dataPath === "kernel" ? kernelPart(args) : userspacePart}
# shellcheck disable=SC2034 # read by eval
refused_tunnel1=0 refused_tunnel2=0
while :; do
  # No answer: the daemon is down, which is systemd's matter.
  if tunnels=$(${programs}/vpn-status); then
    while read -r tunnel state _; do
      tend "$tunnel" "$state"
      eval "refused=\\$refused_$tunnel"
      case $state in
        none | established)
          refused=$((refused + 1))
          [ "$refused" != 1 ] || echo "$tunnel: charon gave up (state: $state), starting it again"
          # After a minute of refusals every tenth round suffices; each writes lines to the journal.
          if [ "$refused" -le 30 ] || [ $((refused % 10)) = 0 ]; then initiate "$tunnel" & fi
          ;;
        installed)
          [ "$refused" = 0 ] || echo "$tunnel: is up again"
          refused=0
          ;;
      esac
      eval "refused_$tunnel=$refused"
    done <<END
$tunnels
END
    tend_all
  fi
  wait
  [ "$once" != once ] || exit 0
  sleep 2
done
`;
}

const unit = (args: VpnGatewayArgs) => `[Unit]
Description=Start VPN tunnels again that strongSwan gave up on
After=${daemonUnit[args.format]}

[Service]
ExecStart=${programs}/vpn-watchdog
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
