import type { OwnedFile } from "../../step.ts";
import { daemonUnit, makeRunFolder, programs, runFolder, type VpnGatewayArgs, watchdogUnit } from "./args.ts";
import { metricsFolder, metricsScript } from "./metrics.ts";
import { probeProgram } from "./probe.ts";

/**
 * Keeps the VPC's traffic on a tunnel that answers, and the tunnels up (docs/decisions/vpn-watchdog.md):
 * - A tunnel that falls silent while the other one answers is left at once. Kernel path: its route goes, until it has
 *   been well for a while. Userspace path: its IKE_SA goes, and with it its policies, which is the only way to have
 *   kernel-libipsec send through the other one; it is started again at once, or later when it flaps.
 * - When both are silent nothing is left: charon's dead peer detection is at work on both.
 * - A tunnel that charon gave up on is started again: a refusal (the endpoint was not ready yet, or a key that was since
 *   mended) is final for charon in spite of its endless tries.
 * - Routes and rules that somebody else took away are put back.
 *
 * The state is the unit's status text, and a file of metrics.
 */
export function watchdogFiles(args: VpnGatewayArgs): readonly OwnedFile[] {
  return [
    probeProgram(args),
    { path: `${programs}/vpn-watchdog`, mode: "755", content: program(args) },
    { path: `/etc/systemd/system/${watchdogUnit}`, mode: "644", content: unit(args) },
  ];
}

/** A tunnel whose route is withheld is marked by a file, which vpn-updown minds, too. */
export const heldFile = (tunnel: string) => `${runFolder}/vpn-held-${tunnel}`;

const kernelPart = (args: VpnGatewayArgs) => `
route_of() { PLUTO_CONNECTION=$1 PLUTO_VERB=$2 ${programs}/vpn-updown || :; }
leave() {
  # Never from the last route.
  case $(ip -4 route show ${args.vpcCidr}) in *"dev $2 "*) ;; *) return 1 ;; esac
  : >"${heldFile("$1")}"
  route_of "$1" down-client
}
recovered() { is well "$1" yes; }
take_back() {
  rm -f "${heldFile("$1")}"
  ! is state "$1" installed || route_of "$1" route
}
leave_again() { :; }

# Somebody else may have taken a route away, and a charon that was killed leaves one behind.
tend() {
  routes=$(ip -4 route show ${args.vpcCidr})
  for tunnel in tunnel1 tunnel2; do
    wanted=no
    ! is state "$tunnel" installed || ! is held "$tunnel" no || wanted=yes
    case $wanted:$routes in
      yes:*"dev $tunnel "*) ;;
      yes:*) route_of "$tunnel" route ;;
      no:*"dev $tunnel "*) route_of "$tunnel" down-client ;;
    esac
  done
}
`;

const userspacePart = `
leave() {
  timeout 2 swanctl --terminate --ike "$1" --force >/dev/null 2>&1
  # Started again by the next look, or later when it flaps: a tunnel that comes up carries the VPC's traffic at once.
  of flaps "$1"
  put pause "$1" $((value > 0 ? 1 << value : 0))
  put state "$1" none
  put refused "$1" 1
  put strikes "$1" 0
}
recovered() { is probe "$1" answers; }
take_back() { put pause "$1" 0; }
# It came up again, and two looks later it is still silent.
leave_again() {
  of strikes "$1"
  put strikes "$1" $((value + 1))
  [ "$value" -lt 1 ] || leave "$1"
}

# systemd-networkd takes away the rules that it did not make when it starts, as \`netplan apply\` has it do.
tend() {
  case $(ip -4 rule show) in *"lookup 220"*) ;; *) ip -4 rule add pref 220 table 220 ;; esac
}
`;

function program(args: VpnGatewayArgs): string {
  const initiate =
    args.format === "ipsec.conf"
      ? 'timeout 3 ipsec up "$1"'
      : 'timeout 4 swanctl --initiate --child "$1" --timeout 2';
  return `#!/bin/sh
# Keeps the VPC's traffic on a tunnel that answers, and starts a tunnel again that charon gave up on.
# \`vpn-watchdog once\` looks at charon once and ends.
set -u
export LC_ALL=C

# What is known of a tunnel. NAME TUNNEL [VALUE]; \`of\` answers in $value.
put() { eval "$1_$2=\\$3"; }
of() { eval "value=\\$$1_$2"; }
is() { of "$1" "$2" && [ "$value" = "$3" ]; }
value=
started=$(date +%s)
for tunnel in tunnel1 tunnel2; do
  # as vpn-probe says
  put probe $tunnel answers
  put well $tunnel yes
  for name in flaps sent lost; do put $name $tunnel 0; done
  put rtt $tunnel NaN
  put since $tunnel "$started"
  # as charon says: vpn-status
  put state $tunnel unknown
  for name in in out; do put $name $tunnel 0; done
  # what was done: left for the other tunnel; refused so many times; looks until it is started; silent though up
  put held $tunnel no
  for name in refused pause strikes; do put $name $tunnel 0; done
  put before $tunnel alone
done
${makeRunFolder}
rm -f ${heldFile("tunnel1")} ${heldFile("tunnel2")}

initiate() { ${initiate} >/dev/null 2>&1 || :; }
${args.dataPath === "kernel" ? kernelPart(args) : userspacePart}
# TUNNEL, which charon is not at
start_again() {
  of pause "$1"
  if [ "$value" -gt 0 ]; then
    put pause "$1" $((value - 1))
    return
  fi
  of refused "$1"
  value=$((value + 1))
  put refused "$1" "$value"
  [ "$value" != 1 ] || echo "$1: charon gave up, starting it again"
  # After a minute of refusals every tenth look suffices; each writes lines to the journal.
  if [ "$value" -le 30 ] || [ $((value % 10)) = 0 ]; then initiate "$1" & fi
}

# No answer: the daemon is down, which is systemd's matter.
ask_charon() {
  tunnels=$(${programs}/vpn-status) || return 0
  while read -r tunnel state in out; do
    put state "$tunnel" "$state"
    put in "$tunnel" "$in"
    put out "$tunnel" "$out"
    case $state in
      none | established) start_again "$tunnel" ;;
      installed)
        is refused "$tunnel" 0 || echo "$tunnel: is up again"
        put refused "$tunnel" 0
        ;;
    esac
  done <<END
$tunnels
END
}

# TUNNEL OTHER: the first has just missed probes. It is left while the other one answers; but when the line stalled for
# both, and the other one is the first to be heard again, it may miss as many once more.
away() {
  if ! is probe "$2" answers; then
    put before "$1" alone
    return
  fi
  if is held "$1" no && { ! is probe "$1" silent || is before "$1" heard; } && leave "$1" "$2"; then
    put held "$1" yes
    echo "$1: does not answer, the VPC's traffic takes $2"
  fi
  put before "$1" heard
}

# TUNNEL OTHER
back() {
  if is held "$1" yes && { recovered "$1" || is probe "$2" silent; }; then
    put held "$1" no
    take_back "$1"
  fi
}

${metricsScript}
# Every two seconds. charon is asked every ten, or each time while a tunnel is not well.
looks=0
look() {
  looks=$((looks + 1))
  calm=yes
  for tunnel in tunnel1 tunnel2; do
    is probe $tunnel answers && is well $tunnel yes && is state $tunnel installed || calm=no
  done
  if [ $calm = no ] || [ $((looks % 5)) = 0 ]; then
    ask_charon
    for tunnel in tunnel1 tunnel2; do
      ! is held $tunnel yes || ! is probe $tunnel silent || ! is state $tunnel installed || leave_again $tunnel
    done
    show_status
  fi
  tend
  write_metrics
}

# TUNNEL EVENT VALUE…: as vpn-probe prints them
handle() {
  case $1 in tunnel1) other=tunnel2 ;; *) other=tunnel1 ;; esac
  case $2 in
    probes)
      put sent "$1" "$3"
      put lost "$1" "$4"
      put rtt "$1" "$5"
      return
      ;;
    doubt) put probe "$1" doubt ;;
    silent)
      put flaps "$1" "$3"
      away "$1" $other
      put well "$1" no
      ! is probe "$1" silent || return 0
      put probe "$1" silent
      changed "$1"
      ;;
    answers)
      put probe "$1" answers
      ! is well "$1" no || changed "$1"
      ;;
    well) put well "$1" yes ;;
  esac
  back "$1" $other
  back $other "$1"
}

if [ "\${1-}" = once ]; then
  ask_charon
  tend
  wait
  exit
fi
{
  ${programs}/vpn-probe tunnel1 &
  ${programs}/vpn-probe tunnel2 &
  while echo look && sleep 2; do :; done
} | {
  tell_systemd --ready
  while read -r line; do
    # shellcheck disable=SC2086 # words
    case $line in look) look ;; *) handle $line ;; esac
  done
}
`;
}

const unit = (args: VpnGatewayArgs) => `[Unit]
Description=Health of the VPN tunnels
After=${daemonUnit[args.format]}

[Service]
Type=notify
NotifyAccess=all
ExecStart=${programs}/vpn-watchdog
# The metrics, for all to read; gone with the service that keeps them up to date.
RuntimeDirectory=${metricsFolder}
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
