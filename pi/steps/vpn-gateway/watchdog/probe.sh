# A new ping every minute: the interface or the address that it is bound to may be another by then.
pings() {
  while :; do
    ping -n -O -i "$interval" -s 16 -w 60 -I "$(bound_to)" "$inside" 2>/dev/null || {
      echo gone
      sleep 1
    }
  done
}

sent=0 lost=0 rtt=NaN unanswered=0 row=0 flaps=0 health=answers well=yes lines=0 missed=0
miss() {
  [ "$health" != answers ] || [ "$unanswered" -lt "$doubt_after" ] || {
    health=doubt
    echo "$tunnel doubt"
  }
  [ "$unanswered" -ge "$silent_after" ] || return 0
  if [ "$health" = doubt ]; then
    if [ "$row" -ge "$steady_after" ]; then
      flaps=0
    elif [ "$row" -gt 0 ] && [ "$flaps" -lt "$most_flaps" ]; then
      flaps=$((flaps + 1))
    fi
    health=silent well=no row=0
  fi
  [ $((unanswered % silent_after)) != 0 ] || echo "$tunnel silent $flaps"
}
pings | while read -r line; do
  number=${line#*icmp_seq=} number=${number%% *}
  case $line in
    *" bytes from "*)
      # An answer that comes after the next probe was sent is late, not lost.
      if [ "$number" -gt "$missed" ]; then sent=$((sent + 1)); else lost=$((lost - 1)); fi
      rtt=${line##*time=} rtt=${rtt% ms} unanswered=0 row=$((row + 1))
      [ "$health" = answers ] || {
        health=answers
        echo "$tunnel answers"
      }
      [ "$well" = yes ] || [ "$row" -lt $((well_after << flaps)) ] || {
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
      unanswered=$((unanswered + silent_after))
      miss
      ;;
    *) continue ;;
  esac
  lines=$((lines + 1))
  [ $((lines % report_every)) != 1 ] || echo "$tunnel probes $sent $lost $rtt"
done
