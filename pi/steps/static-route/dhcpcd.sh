# static-route by dhcpcd: a block in its exit hook (dhcpcd-run-hooks(8)).

DHCPCD_HOOK=/etc/dhcpcd.exit-hook

dhcpcd_detect() {
  local commands
  commands=$(print_routes_with_options | sed 's/^/ip route replace /; $!s/$/; /' | tr -d '\n')
  add_block "$DHCPCD_HOOK" 644 root <<END
if [ "\$interface" = $interface ]; then
  case \$reason in BOUND | RENEW | REBIND | REBOOT | STATIC | INFORM) $commands ;; esac
fi
END
}

# Runs the block alone: the rest of the hook is not ours.
dhcpcd_apply() {
  sed -n '/^# >>> ecs-anywhere-hybrid static-route$/,/^# <<</p' "$ROOT$DHCPCD_HOOK" |
    interface=$interface reason=BOUND sh
}
