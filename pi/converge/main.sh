# The converge program, 5 of 5: converge, undo, and what brings a failed change back.

CHANGED=
FACTS=

# Free space on every disk that is about to be written, before anything is.
require_space() {
  set -- "$ROOT/"
  for _i in $DIFFERENT; do
    select_item "$_i"
    _folder=$ROOT${FILE%/*}
    while [ ! -d "$_folder/" ]; do _folder=${_folder%/*}; done
    set -- "$@" "$_folder/"
  done
  df -Pk "$@" 2>/dev/null | {
    read -r _
    while read -r _ _ _ _free _ _mount; do
      [ "$_free" -ge 8192 ] ||
        fail "disk space on $_mount" "$_free KiB free" "must be at least 8192 KiB" "free some space, then run again"
    done
  } || exit 1
}

# Writes the new content of one item into the $STAGE tree, for `validate` and for `put`.
stage_item() {
  select_item "$1"
  _staged=$STAGE$FILE
  [ ! -d "$ROOT$FILE" ] || fail "$FILE" "a folder" "must be a file" "move the folder away"
  (umask 077 && mkdir -p "${_staged%/*}") || return
  if [ "$KIND" = file ]; then
    NOTE=-
    (umask 077 && printf '%s' "$BODY" >"$_staged") && chmod "$FILE_MODE" "$_staged" || return
  else
    edited_text "$ROOT$FILE" || return
    # Two edits of one file: the second goes on from the first.
    [ ! -e "$_staged" ] || { edited_text "$_staged" || return; }
    if [ -e "$ROOT$FILE" ]; then
      [ -e "$_staged" ] || cp -a "$ROOT$FILE" "$_staged" || return
      printf '%s' "$TEXT" >"$_staged" || return
    else
      (umask 077 && printf '%s' "$TEXT" >"$_staged") && chmod "$FILE_MODE" "$_staged" || return
      [ -z "$OWNER" ] || chown "$OWNER:" "$_staged" || return
    fi
  fi
  _line=$KIND$TAB$FILE$TAB
  [ "$KIND" != word ] || _line=$_line$BODY
  case $NEW_MANIFEST in
    # A block's note may have changed.
    *"$NL$_line"*)
      _after=${NEW_MANIFEST#*"$NL$_line"}
      NEW_MANIFEST=${NEW_MANIFEST%%"$NL$_line"*}$NL$KIND$TAB$FILE$TAB$NOTE$NL${_after#*"$NL"}
      ;;
    *) NEW_MANIFEST=$NEW_MANIFEST$KIND$TAB$FILE$TAB$NOTE$NL ;;
  esac
}

# NAME TEXT: writes a file of the step's state at once, or not at all.
write_state() {
  printf '%s' "$2" >"$STATE/$1.new" && durable "$STATE/$1.new" && mv -f "$STATE/$1.new" "$STATE/$1"
}

# PATH: notes it in JOURNAL and keeps what stands there, unless a killed run's journal has what stood there before.
journal_path() {
  case $JOURNAL in *"$NL$1$NL"*) return 0 ;; esac
  if exists "$ROOT$1"; then keep prev "$1" || return; else rm -rf "$STATE/prev$1"; fi
  JOURNAL=$JOURNAL$1$NL
}

# From here on a kill at any point leaves enough to go on, or back.
begin_change() {
  JOURNAL=$NL
  if [ -e "$STATE/journal" ]; then
    while IFS= read -r _line; do
      [ -z "$_line" ] || JOURNAL=$JOURNAL$_line$NL
    done <"$STATE/journal"
  else
    rm -rf "$STATE/prev" "$STATE/manifest.prev"
    [ -e "$STATE/manifest" ] || JOURNAL=${JOURNAL}first$NL
    [ ! -e "$RUN/reboot/$STEP" ] || JOURNAL=${JOURNAL}reboot$NL
  fi
  # It is missing too when the way back was cut short after its end.
  case $JOURNAL in
    *"${NL}first$NL"*) ;;
    *) [ -e "$STATE/manifest.prev" ] || cp -a "$STATE/manifest" "$STATE/manifest.prev" || return ;;
  esac
  for _i in $DIFFERENT; do
    select_item "$_i"
    journal_path "$FILE" || return
    if [ "$KIND" != file ] || in_manifest; then continue; fi
    if exists "$ROOT$FILE"; then keep orig "$FILE" || return; else rm -rf "$STATE/orig$FILE"; fi
  done
  while IFS=$TAB read -r _kind _path _; do
    [ -z "$_path" ] || journal_path "$_path" || return
  done <<END
$DROPPED
END
  write_state journal "${JOURNAL#"$NL"}" && write_state manifest "${NEW_MANIFEST#"$NL"}"
}

# Puts everything that is staged in place, and takes away what the step no longer declares.
place() {
  while IFS=$TAB read -r _kind _path _note; do
    [ -z "$_path" ] || give_back "$_kind" "$_path" "$_note" || return
  done <<END
$DROPPED
END
  for _i in $DIFFERENT; do
    select_item "$_i"
    make_folders "$FILE" "$OWNER" || return
    # What was staged for `validate` may lack another edit of the same file.
    [ "$KIND" = file ] || { rm -f "$STAGE$FILE" && stage_item "$_i" || return; }
    put "$STAGE$FILE" "$ROOT$FILE" || return
  done
}

# The change is in force: forgets how to go back.
commit() {
  _manifest=
  while IFS= read -r _line; do
    [ -n "$_line" ] || continue
    case $NL$DROPPED in *"$NL$_line$NL"*) ;; *) _manifest=$_manifest$_line$NL ;; esac
  done <<END
${NEW_MANIFEST#"$NL"}
END
  # A killed run may have left its copies where this one had nothing to do.
  while IFS= read -r _path; do
    case $_path in /*) ;; *) continue ;; esac
    temporary_of "$ROOT$_path"
    [ ! -e "$TEMPORARY" ] || rm -f "$TEMPORARY"
  done <<END
$JOURNAL
END
  write_state manifest "$_manifest" && rm -f "$STATE/journal" || return
  tidy
}

# What a change leaves behind; the $STAGE tree goes last, so that a killed run's rest is found by it.
tidy() {
  [ -e "$STAGE" ] && [ ! -e "$STATE/journal" ] || return 0
  read_manifest
  if [ -d "$STATE/orig" ]; then
    find "$STATE/orig" ! -type d | while IFS= read -r _file; do
      case $MANIFEST in *"${NL}file$TAB${_file#"$STATE/orig"}$TAB"*) ;; *) rm -f "$_file" ;; esac
    done
    find "$STATE/orig" -type d -empty -delete
  fi
  rm -rf "$STATE/prev" "$STATE/manifest.prev" "$STATE/edit" "$STATE/journal.new" "$STATE/manifest.new" "$STAGE"
}

# Puts back what stood there before this change. Also the dead man's work, so it needs nothing but $STATE.
roll_back() {
  ROLLING_BACK=yes
  [ -e "$STATE/journal" ] || return 0
  _first=
  _keep_reboot=
  while IFS= read -r _path; do
    case $_path in
      first) _first=yes ;;
      reboot) _keep_reboot=yes ;;
    esac
    case $_path in /*) ;; *) continue ;; esac
    temporary_of "$ROOT$_path"
    rm -f "$TEMPORARY"
    if exists "$STATE/prev$_path"; then
      # On a full disk the copy itself must do.
      put "$STATE/prev$_path" "$ROOT$_path" || mv -fT "$STATE/prev$_path" "$ROOT$_path"
    else
      rm -f "$ROOT$_path"
    fi
  done <"$STATE/journal"
  [ -n "$_keep_reboot" ] || rm -f "$RUN/reboot/$STEP"
  if [ -n "$_first" ]; then
    in_step step_undo
    remove_folders
    rm -f "$STATE/manifest" "$STATE/dirs"
  else
    in_step step_apply
    [ ! -e "$STATE/manifest.prev" ] || mv -f "$STATE/manifest.prev" "$STATE/manifest"
  fi
  rm -f "$STATE/journal"
  tidy
  forget_if_empty
}

# Leaves no trace of a step that is not on the host.
forget_if_empty() {
  rmdir "$STATE" "$BASE" 2>/dev/null || :
}

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

# The kernel's boot id goes with it, so that the mark cannot outlive the boot it speaks of.
mark_reboot() {
  mkdir -p "$RUN/reboot" && read -r _boot <"$ROOT/proc/sys/kernel/random/boot_id" &&
    printf '%s\n' "$_boot" >"$RUN/reboot/$STEP"
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
  look
  if [ -z "$DIFFERENT$DROPPED" ] && [ ! -e "$STATE/journal" ]; then
    verify
    if [ "$RC" = 0 ]; then
      print_result
      return
    fi
  fi
  # A script that fails before anything is touched ends the program right here; a killed run's change is then undone.
  clear_log
  in_step step_require
  [ "$RC" = 0 ] || give_up require
  require_space
  (umask 077 && mkdir -p "$STATE" && rm -rf "$STAGE" && mkdir "$STAGE") ||
    fail "$STATE" "cannot be written" "must be writable" "look at the host's disk"
  in_step step_prepare
  [ "$RC" = 0 ] || give_up prepare
  # What `prepare` brought may have brought files of its own.
  compare
  NEW_MANIFEST=$MANIFEST
  clear_log
  for _i in $DIFFERENT; do
    stage_item "$_i" || give_up_writing
  done
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
    converge | check | undo | revert) "$MODE" ;;
    *) fail argument "$MODE" "must be converge, check or undo" "pass one of them" ;;
  esac
}

main "$@" </dev/null
