# Plays `iptables-restore -T TABLE`.
cat >"$ROOT/run/stand-ins/iptables/$2"
