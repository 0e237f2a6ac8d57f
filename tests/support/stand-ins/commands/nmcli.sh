# Plays NetworkManager: a profile keeps its routes as lines `route1=DESTINATION,GATEWAY`, and its search domains as lines
# `dns-search=DOMAIN`; they become the host's once the device is applied again.
profiles=$ROOT/etc/NetworkManager/system-connections

# UUID (+|-)ipv4.routes "DESTINATION GATEWAY […]", UUID (+|-)ipv4.dns-search DOMAIN
modify() {
  local profile line
  profile=$(grep -l "^uuid=$1$" "$profiles"/*) || return 10
  case $2 in
    *.routes) line=$(echo "$3" | sed 's/\([^ ]*\) \([^ ]*\).*/route1=\1,\2/') ;;
    *.dns-search) line=dns-search=$3 ;;
  esac
  case $2 in
    +*) echo "$line" >>"$profile" ;;
    -*) sed -i "\|^$line$|d" "$profile" ;;
  esac
}

case "$1 $2" in
  "-g ipv4.dns-search") # connection show UUID
    sed -n 's/^dns-search=//p' "$(grep -l "^uuid=$5$" "$profiles"/*)"
    ;;
  "connection modify")
    shift 2
    modify "$@"
    ;;
  "device reapply")
    cat "$profiles"/* | sed -n "s/^route1=\(.*\),\(.*\)/\1 via \2 dev $3/p" >"$ROOT/run/stand-ins/routes"
    sed -n 's/^dns-search=//p' "$profiles"/* >"$ROOT/run/stand-ins/domains"
    ;;
esac
