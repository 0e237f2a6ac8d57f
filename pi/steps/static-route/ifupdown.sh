# static-route by ifupdown: a script in its if-up.d (interfaces(5)).

IFUPDOWN_SCRIPT=/etc/network/if-up.d/ecs-anywhere-hybrid

ifupdown_detect() {
  own_file "$IFUPDOWN_SCRIPT" 755 <<END
#!/bin/sh
[ "\$IFACE" != $interface ] || ip route replace $route_with_options
END
}

ifupdown_apply() {
  IFACE=$interface run sh "$ROOT$IFUPDOWN_SCRIPT"
}
