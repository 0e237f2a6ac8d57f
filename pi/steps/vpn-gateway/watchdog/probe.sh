# vpn-probe TUNNEL: pings AWS's inside address of a tunnel through it, and prints a line whenever its health changes.
#
# DATA_PATH                       kernel or userspace
# SITE                            its ranges
# TUNNEL1_INSIDE TUNNEL2_INSIDE   AWS's addresses inside the tunnels
# INTERVAL                        seconds between two probes
# DOUBT_AFTER SILENT_AFTER WELL_AFTER STEADY_AFTER MOST_FLAPS REPORT_EVERY   numbers of probes, or flaps
set -u
export LC_ALL=C

tunnel=$1
case $tunnel in
  tunnel1) inside=$TUNNEL1_INSIDE ;;
  tunnel2) inside=$TUNNEL2_INSIDE ;;
esac

# A new ping every minute: the interface or the address that it is bound to may have changed by then.
pings() {
  while :; do
    ping -n -O -i "$INTERVAL" -s 16 -w 60 -I "$(print_source)" "$inside" 2>/dev/null || {
      echo gone
      sleep 1
    }
  done
}

# What a ping is bound to: the tunnel's interface; on the userspace path, where the address alone leads through the tunnel,
# an address inside the site.
print_source() {
  case $DATA_PATH in
    kernel) echo "$tunnel" ;;
    userspace) print_site_address ;;
  esac
}

sent=0 lost=0 rtt=NaN
# Probes unanswered in a row, and answered in a row
unanswered=0 row=0
flaps=0 health=answers well=yes
# The last probe that was reported as missing, and how many lines ping has printed
missed=0 lines=0

miss() {
  if [ "$health" = answers ] && [ "$unanswered" -ge "$DOUBT_AFTER" ]; then
    health=doubt
    echo "$tunnel doubt"
  fi
  [ "$unanswered" -ge "$SILENT_AFTER" ] || return 0
  if [ "$health" = doubt ]; then
    if [ "$row" -ge "$STEADY_AFTER" ]; then
      flaps=0
    elif [ "$row" -gt 0 ] && [ "$flaps" -lt "$MOST_FLAPS" ]; then
      flaps=$((flaps + 1))
    fi
    health=silent well=no row=0
  fi
  [ $((unanswered % SILENT_AFTER)) != 0 ] || echo "$tunnel silent $flaps"
}

# NUMBER: an answer that comes after the next probe was sent is late, not lost.
hit() {
  if [ "$1" -gt "$missed" ]; then sent=$((sent + 1)); else lost=$((lost - 1)); fi
  unanswered=0 row=$((row + 1))
  if [ "$health" != answers ]; then
    health=answers
    echo "$tunnel answers"
  fi
  if [ "$well" = no ] && [ "$row" -ge $((WELL_AFTER << flaps)) ]; then
    well=yes
    echo "$tunnel well"
  fi
}

pings | while read -r line; do
  number=${line#*icmp_seq=} number=${number%% *}
  case $line in
    *" bytes from "*)
      rtt=${line##*time=} rtt=${rtt% ms}
      hit "$number"
      ;;
    *"no answer yet "*)
      sent=$((sent + 1)) lost=$((lost + 1)) unanswered=$((unanswered + 1)) missed=$number
      miss
      ;;
    PING*) missed=0 ;;
    gone)
      unanswered=$((unanswered + SILENT_AFTER))
      miss
      ;;
    *) continue ;;
  esac
  lines=$((lines + 1))
  [ $((lines % REPORT_EVERY)) != 1 ] || echo "$tunnel probes $sent $lost $rtt"
done
