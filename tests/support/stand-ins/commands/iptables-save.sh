# Plays `iptables-save -t TABLE`: /run/stand-ins/iptables has a file for each table.
cat "$ROOT/run/stand-ins/iptables/$2"
