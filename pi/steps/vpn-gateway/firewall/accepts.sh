# Deletes this step's rules from the FORWARD chain by RULE_COMMENT alone, as those of an earlier range or data path must
# go, too.
delete_accepts() {
  local rule
  command -v iptables >/dev/null || return 0
  iptables -w -S FORWARD 2>/dev/null | sed -n "s/^-A \(.* --comment $RULE_COMMENT .*\)/-D \1/p" | while read -r rule; do
    # shellcheck disable=SC2086 # Words, none of which has a space.
    iptables -w $rule || :
  done
}
