# static-route by ifupdown: a script in its if-up.d (interfaces(5)).

IFUPDOWN_SCRIPT=/etc/network/if-up.d/ecs-anywhere-hybrid

ifupdown_detect() {
  local commands
  commands=$(print_routes_with_options | sed "s/^/[ \"\$IFACE\" != $interface ] || ip route replace /")
  own_file "$IFUPDOWN_SCRIPT" 755 <<END
#!/bin/sh
$commands
END
}

ifupdown_apply() {
  IFACE=$interface run sh "$ROOT$IFUPDOWN_SCRIPT"
}
