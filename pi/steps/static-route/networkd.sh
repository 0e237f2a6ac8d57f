# static-route by systemd-networkd: a drop-in to the interface's file (systemd.network(5)).

networkd_detect() {
  own_file "/etc/systemd/network/${network_file##*/}.d/ecs-anywhere-hybrid.conf" 644 <<END
$(print_networkd_routes)
END
}

print_networkd_routes() {
  local destination
  for destination in $DESTINATIONS; do
    cat <<END
[Route]
Destination=$destination
Gateway=$next_hop${MTU:+
MTUBytes=$MTU}
END
  done
}

networkd_apply() {
  local target
  run networkctl reload
  sleep 1
  # Older versions read a new drop-in only this way.
  for target in $TARGETS; do
    case $(ip -o route get "$target") in
      *" via $next_hop "*) ;;
      *)
        run networkctl reconfigure "$interface"
        return
        ;;
    esac
  done
}

networkd_undo() {
  run networkctl reload
  run networkctl reconfigure "$interface"
}
