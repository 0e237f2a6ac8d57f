# What makes the watchdog's state visible. No process is started but one to rename the file, and one to tell systemd.
# Format: https://prometheus.io/docs/instrumenting/exposition_formats/

# NAME TYPE VARIABLE MEANING
metric() {
  local tunnel value
  echo "# HELP ecs_anywhere_hybrid_vpn_tunnel_$1 $4"
  echo "# TYPE ecs_anywhere_hybrid_vpn_tunnel_$1 $2"
  for tunnel in tunnel1 tunnel2; do
    get "$3" $tunnel
    echo "ecs_anywhere_hybrid_vpn_tunnel_$1{tunnel=\"$tunnel\"} $value"
  done
}

# Written beside and renamed: a reader finds a whole file, the old or the new one.
write_metrics() {
  local tunnel up installed used value
  for tunnel in tunnel1 tunnel2; do
    up=1 installed=0 used=1
    if is probe $tunnel silent; then up=0; fi
    if is state $tunnel installed; then installed=1; fi
    if is held $tunnel yes; then used=0; fi
    put up $tunnel $up
    put used $tunnel $used
    put installed $tunnel $installed
    get rtt $tunnel
    case $value in NaN) ;; *) value=${value}e-3 ;; esac
    put seconds $tunnel "$value"
  done
  {
    metric up gauge up "Whether the tunnel answers the probes that go through it."
    metric installed gauge installed "Whether the tunnel's CHILD_SA is in force."
    metric used gauge used "Whether it may carry the VPC's traffic; 0 while the other tunnel is preferred."
    metric rtt_seconds gauge seconds "Round trip of the last probe that was answered."
    metric probes_total counter sent "Probes sent since the watchdog started."
    metric probes_lost_total counter lost "Probes that were not answered."
    metric received_bytes_total counter in "Bytes in; begins at 0 with every new CHILD_SA."
    metric sent_bytes_total counter out "Bytes out; begins at 0 with every new CHILD_SA."
    metric last_change_timestamp_seconds gauge since "When the tunnel last fell silent or answered again."
  } >"$METRICS.new" && mv "$METRICS.new" "$METRICS"
}

tell_systemd() { [ -z "${NOTIFY_SOCKET-}" ] || systemd-notify "$@"; }

# What `systemctl status` shows
show_status() {
  local text tunnel value health
  text=
  for tunnel in tunnel1 tunnel2; do
    get rtt $tunnel
    health="answers within $value ms"
    if is probe $tunnel silent; then
      get state $tunnel
      health="does not answer, charon says $value"
    elif is held $tunnel yes; then
      health="answers again, not used yet"
    fi
    text="$text${text:+; }$tunnel $health"
  done
  tell_systemd --status="$text"
}

# TUNNEL, which fell silent or answered after that
changed() {
  put since "$1" "$(date +%s)"
  if is probe "$1" answers; then echo "$1: answers again"; fi
  show_status
  write_metrics
}
