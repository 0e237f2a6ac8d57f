# Plays Docker's daemon, as far as its start changes the host. If the daemon turns forwarding on, it also sets the
# policy of FORWARD to DROP (Docker's documentation, "Packet filtering and firewalls").
state=$ROOT/run/stand-ins
forwarding=$ROOT/proc/sys/net/ipv4/ip_forward

mkdir -p "$ROOT/etc/docker" "$ROOT/var/lib/containerd"
echo "{}" >"$ROOT/etc/docker/key.json"
: >"$ROOT/var/lib/containerd/meta.db"
echo 3 >"$state/links/docker0"
for table in nat filter; do
  sed -i '/^\*/a :DOCKER - [0:0]' "$state/iptables/$table"
  echo "-A FORWARD -o docker0 -j ACCEPT" >>"$state/iptables/$table"
done
if [ "$(cat "$forwarding")" = 0 ]; then
  echo 1 >"$forwarding"
  sed -i 's/^:FORWARD ACCEPT/:FORWARD DROP/' "$state/iptables/filter"
fi
