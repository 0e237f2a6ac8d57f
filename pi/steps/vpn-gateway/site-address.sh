# Prints the first address of this host's own in the site. SITE: its ranges
print_site_address() {
  local range
  for range in $SITE; do ip -4 -o addr show scope global to "$range"; done |
    awk '{ sub("/.*", "", $4); print $4; exit }'
}
