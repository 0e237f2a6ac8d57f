# Plays NetworkManager: a profile keeps its routes as lines `route1=DESTINATION,GATEWAY`; they become the host's once the
# device is applied again.
profiles=$ROOT/etc/NetworkManager/system-connections

# UUID (+|-)ipv4.routes "DESTINATION GATEWAY […]"
modify() {
  local profile line
  profile=$(grep -l "^uuid=$1$" "$profiles"/*) || return 10
  line=$(echo "$3" | sed 's/\([^ ]*\) \([^ ]*\).*/route1=\1,\2/')
  case $2 in
    +ipv4.routes) echo "$line" >>"$profile" ;;
    -ipv4.routes) sed -i "\|^$line$|d" "$profile" ;;
  esac
}

case "$1 $2" in
  "connection modify")
    shift 2
    modify "$@"
    ;;
  "device reapply")
    cat "$profiles"/* | sed -n "s/^route1=\(.*\),\(.*\)/\1 via \2 dev $3/p" >"$ROOT/run/stand-ins/routes"
    ;;
esac
