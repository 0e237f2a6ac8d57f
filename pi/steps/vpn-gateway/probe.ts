import type { OwnedFile } from "../../step.ts";
import { probing, programs, tunnelsOf, type VpnGatewayArgs } from "./args.ts";

/**
 * `vpn-probe TUNNEL`: pings AWS's inside address of a tunnel through that tunnel, and prints what changes, a line each:
 * - `TUNNEL doubt`: so many probes in a row are unanswered that this one is not to be relied upon now
 * - `TUNNEL silent FLAPS`: one more, and again for every three more; FLAPS counts how often it fell silent soon after it
 *   had answered again
 * - `TUNNEL answers`: the first answer after that
 * - `TUNNEL well`: it has answered long enough since; twice as long for every flap
 * - `TUNNEL probes SENT LOST MILLISECONDS`: every two seconds or so, from the start; the last round trip
 *
 * One ping for all probes, read line by line: no process is started for a probe. On the kernel path it is bound to the
 * tunnel's interface. On the userspace path the address alone leads through the tunnel, by the traffic selectors; the
 * source must then lie inside the site.
 */
export function probeProgram(args: VpnGatewayArgs): OwnedFile {
  return { path: `${programs}/vpn-probe`, mode: "755", content: program(args) };
}

const fromSite = (args: VpnGatewayArgs) =>
  `$(ip -4 -o addr show scope global to ${args.siteCidr} | awk '{ sub("/.*", "", $4); print $4; exit }')`;

const program = (args: VpnGatewayArgs) => `#!/bin/sh
# Pings AWS's inside address of a tunnel through it; prints a line whenever its health changes.
set -u
export LC_ALL=C
tunnel=$1
case $tunnel in
${tunnelsOf(args)
  .map((tunnel) => `  ${tunnel.name}) inside=${tunnel.vgwInsideAddress} ;;`)
  .join("\n")}
esac

# A new ping every minute: the interface or the address that it is bound to may be another by then.
pings() {
  while :; do
    ping -n -O -i ${probing.intervalSeconds} -s 16 -w 60 -I ${args.dataPath === "kernel" ? '"$tunnel"' : `"${fromSite(args)}"`} "$inside" 2>/dev/null || {
      echo gone
      sleep 1
    }
  done
}

sent=0 lost=0 rtt=NaN unanswered=0 row=0 flaps=0 health=answers well=yes lines=0 missed=0
miss() {
  [ "$health" != answers ] || [ "$unanswered" -lt ${probing.doubtAfter} ] || {
    health=doubt
    echo "$tunnel doubt"
  }
  [ "$unanswered" -ge ${probing.silentAfter} ] || return 0
  if [ "$health" = doubt ]; then
    if [ "$row" -ge ${probing.steadyAfter} ]; then
      flaps=0
    elif [ "$row" -gt 0 ] && [ "$flaps" -lt ${probing.mostFlaps} ]; then
      flaps=$((flaps + 1))
    fi
    health=silent well=no row=0
  fi
  [ $((unanswered % ${probing.silentAfter})) != 0 ] || echo "$tunnel silent $flaps"
}
pings | while read -r line; do
  number=\${line#*icmp_seq=} number=\${number%% *}
  case $line in
    *" bytes from "*)
      # An answer that comes after the next probe was sent is late, not lost.
      if [ "$number" -gt "$missed" ]; then sent=$((sent + 1)); else lost=$((lost - 1)); fi
      rtt=\${line##*time=} rtt=\${rtt% ms} unanswered=0 row=$((row + 1))
      [ "$health" = answers ] || {
        health=answers
        echo "$tunnel answers"
      }
      [ "$well" = yes ] || [ "$row" -lt $((${probing.wellAfter} << flaps)) ] || {
        well=yes
        echo "$tunnel well"
      }
      ;;
    *"no answer yet "*)
      sent=$((sent + 1)) lost=$((lost + 1)) unanswered=$((unanswered + 1)) missed=$number
      miss
      ;;
    PING*) missed=0 ;;
    gone)
      unanswered=$((unanswered + ${probing.silentAfter}))
      miss
      ;;
    *) continue ;;
  esac
  lines=$((lines + 1))
  [ $((lines % ${probing.reportEvery})) != 1 ] || echo "$tunnel probes $sent $lost $rtt"
done
`;
