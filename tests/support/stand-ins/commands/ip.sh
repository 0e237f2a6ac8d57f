# Plays ip on a host with 192.168.1.101 and the router 192.168.1.1 on eth0. /run/stand-ins/links has a file with its
# index for each link, and the lines of /run/stand-ins/routes are the further routes. While /run/stand-ins/tunnels
# exists, the tunnels' routes come first.
state=$ROOT/run/stand-ins
routes=$state/routes

# ADDRESS: prints the route that the kernel takes.
route_to() {
  local gateway
  case $1 in
    192.168.1.*) echo "$1 dev eth0 src 192.168.1.101 uid 0 \\    cache" ;;
    10.*)
      if [ -e "$state/tunnels" ]; then
        echo "$1 dev ipsec0 table 220 src 192.168.1.101 uid 0"
        return
      fi
      gateway=$(grep "^$(echo "$1" | cut -d . -f 1,2)\.0\.0/16 " "$routes" | tail -n 1 | cut -d ' ' -f 3)
      echo "$1 via ${gateway:-192.168.1.1} dev eth0 src 192.168.1.101 uid 0 \\    cache"
      ;;
  esac
}

# WORD…: removes the routes that begin with these words; fails if there is none.
delete_route() {
  grep -q "^$*" "$routes" || return 2
  sed -i "\|^$*|d" "$routes"
}

while [ "${1#-}" != "$1" ]; do shift; done
object=$1
verb=$2
shift 2
case "$object $verb" in
  "link show") # dev NAME
    [ -e "$state/links/$2" ] || exit 1
    echo "$(cat "$state/links/$2"): $2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500"
    ;;
  "link delete") rm "$state/links/$1" ;;
  "address show") # to ADDRESS/32
    if [ "$2" = 192.168.1.101/32 ]; then
      echo "2: eth0    inet 192.168.1.101/24 brd 192.168.1.255 scope global eth0"
    fi
    ;;
  "route get") route_to "$1" ;;
  "route show") # table main DESTINATION via GATEWAY dev INTERFACE
    shift 2
    grep "^$*" "$routes" || :
    ;;
  "route replace")
    delete_route "$1 " || :
    echo "$*" >>"$routes"
    ;;
  "route del") delete_route "$@" ;;
esac
