# The converge program: converge, check and undo.

CHANGED=
FACTS=

# PART: ends the program after a script failed, with everything as it was.
give_up() {
  if [ -n "$UNMET" ] && [ "$1" = verify ]; then
    explain_unmet
  else
    explain_failure "$1"
  fi
  if [ "$1" = verify ]; then
    clear_log
    in_step step_explain
    print_log
  fi
  roll_back_and_exit
}

# Says which items did not come into force.
explain_unmet() {
  local i
  for i in $UNMET; do
    select_item "$i"
    [ "$KIND" != unit ] || select_unit "$NAME"
    "${KIND}_rule"
    say "$KIND $NAME: $NOTE: $RULE; $REMEDY"
  done
}

# For a failure of `cp` and the like, whose own error is on stderr.
give_up_writing() {
  say "its files: could not be written: must be writable; see above what stopped it, fix that and run again"
  roll_back_and_exit
}

roll_back_and_exit() {
  [ "$MODE" != check ] || exit 1
  MAY_ROLL_BACK=
  if [ -e "$STATE/journal" ]; then
    clear_log
    roll_back
    disarm || :
    say "the previous state was restored"
  else
    restore_manifest
  fi
  clean_up
  remove_empty_state
  exit 1
}

# Waits for `verify`, up to SETTLE seconds. Sets RC.
settle() {
  local deadline pause=0.1
  uptime_seconds
  deadline=$((UPTIME + SETTLE))
  while :; do
    clear_log
    if items_in_force; then verify; else RC=1; fi
    [ "$RC" != 0 ] || return 0
    uptime_seconds
    [ "$UPTIME" -lt "$deadline" ] || return 0
    sleep "$pause"
    case $pause in 0.1) pause=0.3 ;; *) pause=1 ;; esac
  done
}

# Runs after the items were brought. Sets UNMET.
items_in_force() {
  UNMET=
  [ -n "$RUNNING_ITEMS" ] || return 0
  TOUCHED=$NL
  look_at_declared_units
  find_unmet sysctl table unit
  [ -z "$UNMET" ]
}

# Collects all that the step declares, and compares it with the host: see `compare`.
inspect() {
  step_items
  read_manifest
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
  cancel_switch
  clean_up
  MAY_ROLL_BACK=yes
  inspect
  if [ -z "$DIFFERENT$UNMET$DROPPED$DROPPED_REST" ] && [ ! -e "$STATE/journal" ]; then
    verify
    if [ "$RC" = 0 ]; then
      take_ownership || fail_writing_state
      print_result
      return
    fi
  fi
  # A failure before anything is touched ends the program here; a killed run's change is then undone.
  clear_log
  in_step step_require
  [ "$RC" = 0 ] || give_up require
  announce_takeover
  require_space
  [ ! -e "$STAGE" ] || rm -rf "$STAGE" || give_up_writing
  (umask 077 && mkdir -p "$STAGE") || give_up_writing
  note_before || give_up_writing
  name_packages
  in_step bring_packages
  [ "$RC" = 0 ] || give_up packages
  # For `is_ours`.
  read_manifest
  in_step step_prepare
  [ "$RC" = 0 ] || give_up prepare
  # Whatever a package started may have created files of its own.
  compare
  NEW_MANIFEST=$MANIFEST
  clear_log
  stage || give_up_writing
  clear_log
  in_step validate_items
  [ "$RC" = 0 ] || give_up validate
  in_step step_validate
  [ "$RC" = 0 ] || give_up validate
  begin_change || give_up_writing
  carry_out
}

# Adds the missing packages to CHANGED.
name_packages() {
  local i
  for i in $UNMET; do
    select_item "$i"
    [ "$KIND" != package ] || CHANGED="${CHANGED}package $NAME$NL"
  done
}

# Adds everything else that differs to CHANGED: texts by their paths, the rest by kind and name.
name_changes() {
  local i kind name
  for i in $DIFFERENT; do
    select_item "$i"
    CHANGED=$CHANGED$NAME$NL
  done
  while IFS=$TAB read -r kind name _; do
    [ -z "$name" ] || CHANGED=$CHANGED$name$NL
  done <<END
$DROPPED
END
  for i in $UNMET; do
    select_item "$i"
    [ "$KIND" = package ] || CHANGED="$CHANGED$KIND $NAME$NL"
  done
  while IFS=$TAB read -r kind name _; do
    [ -z "$name" ] || CHANGED="$CHANGED$kind $name$NL"
  done <<END
$DROPPED_REST
END
}

# For `apply`: whether `verify` alone asked for it.
nothing_differed() {
  [ "$CHANGED" = "apply$NL" ]
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
  if [ -n "$NEEDS_REBOOT" ] && [ -n "$DIFFERENT$DROPPED" ]; then mark_reboot || give_up_writing; fi
  say "changes $(printf '%s' "$CHANGED" | tr '\n' ' ')"
  clear_log
  FORMER=$DROPPED_REST
  in_step release_units
  install_staged || give_up_writing
  in_step bring_items
  [ "$RC" = 0 ] || give_up apply
  in_step step_apply
  [ "$RC" = 0 ] || give_up apply
  settle
  [ "$RC" = 0 ] || give_up verify
  if [ "$SWITCH" != 0 ]; then
    if ! ssh_carries; then
      say "SSH connection: no byte came through after the change: must not be cut; check the step's addresses"
      roll_back_and_exit
    fi
    disarm || fail "confirmation" "too late" "must come within $SWITCH s" \
      "look at why the change took longer; the previous state comes back"
  fi
  commit || fail_writing_state
  remove_dropped_packages || fail_writing_state
  print_result
}

fail_writing_state() {
  fail "$STATE" "cannot be written" "must be writable" "look at the host's disk, then run again"
}

# Reports what converge would change, and changes nothing.
check() {
  take_lock
  inspect
  name_packages
  name_changes
  [ ! -e "$STATE/journal" ] || CHANGED=${CHANGED}interrupted$NL
  verify
  [ "$RC" = 0 ] || CHANGED=${CHANGED}apply$NL
  print_result
}

undo() {
  local name kind note
  take_lock
  read_manifest
  find_owner
  if [ -n "$OWNER" ] && [ -n "$OWNED_BY" ] && [ "$OWNER" != "$OWNED_BY" ]; then
    [ "$OWNER" != "$CLAIMANT" ] || give_back
    say "belongs to $OWNED_BY on this host now: $OWNER leaves it as it is"
    print_result
    return
  fi
  cancel_switch
  if [ ! -d "$STATE" ]; then
    rm -rf "$BASE/.$STEP.undone"
    rmdir "$BASE" 2>/dev/null || :
    print_result
    return
  fi
  FORMER=$MANIFEST
  undo_script release_units
  while IFS=$TAB read -r kind name note <&8; do
    case $kind in
      file | word | block)
        "${kind}_restore" "$name" "$note" ||
          fail "$name" "cannot be put back" "must be writable" "see above what stopped it, fix that and run again"
        CHANGED=$CHANGED$name$NL
        ;;
      sysctl | table | unit | package) CHANGED="$CHANGED$kind $name$NL" ;;
    esac
  done 8<<END
$MANIFEST
END
  undo_script restore_kernel
  undo_script step_undo
  undo_script restore_packages
  undo_script restore_units
  remove_folders
  rm -f "$RUN/reboot/$STEP"
  [ -n "$CHANGED" ] || CHANGED=apply$NL
  # One rename, so that a kill never leaves half of a state.
  rm -rf "$BASE/.$STEP.undone"
  mv "$STATE" "$BASE/.$STEP.undone" && rm -rf "$BASE/.$STEP.undone"
  rmdir "$BASE" 2>/dev/null || :
  print_result
}

# FUNCTION: a failure keeps what undo needs for another run.
undo_script() {
  clear_log
  in_step "$1"
  if [ "$RC" != 0 ]; then
    explain_failure undo
    exit 1
  fi
  # The program's own functions print only what a person has to know.
  [ "$1" = step_undo ] || print_log
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
    *) fail argument "$MODE" "must be converge, check or undo" "give one of them" ;;
  esac
}

main "$@" </dev/null
