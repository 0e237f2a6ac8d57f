# Plays resolvectl on a host whose one link is eth0: /run/stand-ins/domains has the domains that the link claims.
domains=$ROOT/run/stand-ins/domains
case $1 in
  domain)
    if [ $# = 2 ]; then
      echo "Link 2 ($2): $(cat "$domains" 2>/dev/null)"
    else
      shift 2
      echo "$*" >"$domains"
    fi
    ;;
  revert) rm -f "$domains" ;;
esac
