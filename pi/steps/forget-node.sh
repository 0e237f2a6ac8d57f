# A living node signs a dead one off.
# DEAD_HOST, DEAD_REGION; DEAD_ARN and DEAD_ID: its registrations, empty where there was none.

step_apply() {
  sign_off "hosts.$DEAD_HOST.dead" "$DEAD_REGION" "$DEAD_ARN" "$DEAD_ID"
  : >"$STATE/forgotten"
}

step_verify() {
  [ -e "$STATE/forgotten" ]
}
