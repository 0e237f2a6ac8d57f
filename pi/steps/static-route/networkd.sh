# static-route by systemd-networkd: a drop-in to the interface's file (systemd.network(5)).

networkd_detect() {
  own_file "/etc/systemd/network/${network_file##*/}.d/ecs-anywhere-hybrid.conf" 644 <<END
[Route]
Destination=$DESTINATION
Gateway=$GATEWAY${MTU:+
MTUBytes=$MTU}
END
}

networkd_apply() {
  run networkctl reload
  sleep 1
  # Older versions read a new drop-in only this way.
  case $(ip -o route get "$TARGET") in
    *" via $GATEWAY "*) ;;
    *) run networkctl reconfigure "$interface" ;;
  esac
}

networkd_undo() {
  run networkctl reload
  run networkctl reconfigure "$interface"
}
