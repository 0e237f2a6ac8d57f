# Plays networkd: the routes of its drop-ins become the host's, once the link is reconfigured.
if [ "$1" = reconfigure ]; then
  cat "$ROOT"/etc/systemd/network/*.d/*.conf 2>/dev/null |
    awk -F = -v link="$2" '$1 == "Destination" { to = $2 } $1 == "Gateway" { print to " via " $2 " dev " link }' \
      >"$ROOT/run/stand-ins/routes"
fi
