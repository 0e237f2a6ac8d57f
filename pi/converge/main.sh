# The converge program, 7 of 7: converge, check and undo.

CHANGED=
FACTS=

# PART: ends the program after a script failed, with everything as it was.
give_up() {
  explain_failure "$1"
  if [ "$1" = verify ]; then
    clear_log
    in_step step_explain
    print_log
  fi
  go_back
}

# After `cp` and the like, which have said on stderr what stopped them.
give_up_writing() {
  say "could not write its files: must be able to; see above what stopped it, mend that and run again"
  go_back
}

go_back() {
  [ "$MODE" != check ] || exit 1
  GO_BACK=
  if [ -e "$STATE/journal" ]; then
    clear_log
    roll_back
    disarm || :
    say "what stood there before was put back"
  fi
  tidy
  forget_if_empty
  exit 1
}

# Waits for `verify`, up to SETTLE seconds. Sets RC.
settle() {
  uptime_seconds
  _deadline=$((UPTIME + SETTLE))
  _pause=0.1
  while :; do
    clear_log
    verify
    [ "$RC" != 0 ] || return 0
    uptime_seconds
    [ "$UPTIME" -lt "$_deadline" ] || return 0
    sleep "$_pause"
    case $_pause in 0.1) _pause=0.3 ;; *) _pause=1 ;; esac
  done
}

# Everything that the step declares, and what of it differs from the host: sets DIFFERENT and DROPPED.
look() {
  step_items
  DECLARED=$(
    (
      IN_STEP=1
      set -eu
      step_detect
    ) 4>&1 </dev/null >>"$LOG" 2>&1 3>&- 9>&-
  )
  RC=$?
  [ "$RC" = 0 ] || give_up detect
  eval "$DECLARED"
  compare
}

converge() {
  take_lock
  take_over
  tidy
  GO_BACK=yes
  look
  if [ -z "$DIFFERENT$DROPPED" ] && [ ! -e "$STATE/journal" ]; then
    verify
    if [ "$RC" = 0 ]; then
      print_result
      return
    fi
  fi
  # What fails before anything is touched ends the program right here; a killed run's change is then undone.
  clear_log
  in_step step_require
  [ "$RC" = 0 ] || give_up require
  require_space
  [ ! -e "$STAGE" ] || rm -rf "$STAGE" || give_up_writing
  (umask 077 && mkdir -p "$STAGE") || give_up_writing
  in_step step_prepare
  [ "$RC" = 0 ] || give_up prepare
  # What `prepare` brought may have brought files of its own.
  compare
  NEW_MANIFEST=$MANIFEST
  clear_log
  stage || give_up_writing
  clear_log
  in_step step_validate
  [ "$RC" = 0 ] || give_up validate
  begin_change || give_up_writing
  carry_out
}

# Puts the paths that differ into CHANGED.
name_changes() {
  for _i in $DIFFERENT; do
    select_item "$_i"
    CHANGED=$CHANGED$FILE$NL
  done
  while IFS=$TAB read -r _ _path _; do
    [ -z "$_path" ] || CHANGED=$CHANGED$_path$NL
  done <<END
$DROPPED
END
}

carry_out() {
  name_changes
  [ -n "$CHANGED" ] || CHANGED=apply$NL
  SSH_SEEN=
  if [ "$SWITCH" != 0 ]; then
    [ -z "$SSH_CONNECTION" ] || measure_ssh
    SSH_SEEN=${SENT-}
    arm
  fi
  [ -z "$NEEDS_REBOOT" ] || [ -z "$DIFFERENT$DROPPED" ] || mark_reboot || give_up_writing
  say "changes $(printf '%s' "$CHANGED" | tr '\n' ' ')"
  clear_log
  place || give_up_writing
  in_step step_apply
  [ "$RC" = 0 ] || give_up apply
  settle
  [ "$RC" = 0 ] || give_up verify
  if [ "$SWITCH" != 0 ]; then
    if ! ssh_carries; then
      say "SSH connection: no byte came through after the change: must not be cut; check the step's addresses"
      go_back
    fi
    disarm || fail "confirmation" "too late" "must come within $SWITCH s" "the previous state is being put back; look why"
  fi
  commit || fail "$STATE" "cannot be written" "must be writable" "look at the host's disk, then run again"
  print_result
}

# Tells what converge would change, and changes nothing.
check() {
  take_lock
  look
  name_changes
  [ ! -e "$STATE/journal" ] || CHANGED=${CHANGED}interrupted$NL
  verify
  [ "$RC" = 0 ] || CHANGED=${CHANGED}apply$NL
  print_result
}

undo() {
  take_lock
  take_over
  if [ ! -d "$STATE" ]; then
    rm -rf "$BASE/.$STEP.undone"
    rmdir "$BASE" 2>/dev/null || :
    print_result
    return
  fi
  read_manifest
  while IFS=$TAB read -r _kind _path _note; do
    [ -n "$_path" ] || continue
    give_back "$_kind" "$_path" "$_note" ||
      fail "$_path" "could not be put back" "must be writable" "see above what stopped it, mend that and run again"
    CHANGED=$CHANGED$_path$NL
  done <<END
$MANIFEST
END
  clear_log
  in_step step_undo
  if [ "$RC" != 0 ]; then
    explain_failure undo
    exit 1
  fi
  remove_folders
  rm -f "$RUN/reboot/$STEP"
  [ -n "$CHANGED" ] || CHANGED=apply$NL
  # By one rename, so that no kill leaves half a state.
  rm -rf "$BASE/.$STEP.undone"
  mv "$STATE" "$BASE/.$STEP.undone" && rm -rf "$BASE/.$STEP.undone"
  rmdir "$BASE" 2>/dev/null || :
  print_result
}

main() {
  MODE=${1-}
  SSH_CONNECTION=${2-}
  exec 3>&1 1>&2 5>&2
  trap '' PIPE HUP
  ME=$(id -u)
  [ "$ME" = 0 ] || [ -n "$ROOT" ] || fail user "uid $ME" "must be root" "run the program with sudo"
  case $MODE in
    converge | check | undo | revert | recover) "$MODE" ;;
    *) fail argument "$MODE" "must be converge, check or undo" "pass one of them" ;;
  esac
}

main "$@" </dev/null
