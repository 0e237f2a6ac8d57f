# The converge program: a change of the declared items, which a kill at any point leaves complete or revertible, and the
# way back.

# Checks for free space on every disk that is about to be written, before anything is written.
require_space() {
  local i folder full
  set -- "$ROOT/"
  for i in $DIFFERENT; do
    select_item "$i"
    folder=$ROOT${NAME%/*}
    while [ ! -d "$folder/" ]; do folder=${folder%/*}; done
    set -- "$@" "$folder/"
  done
  full=$(df -Pk "$@" 2>/dev/null | {
    read -r _
    while read -r _ _ _ free _ mount; do
      [ "$free" -ge 8192 ] || printf '%s\n' "$free $mount"
    done
  })
  full=${full%%"$NL"*}
  [ -z "$full" ] ||
    fail "disk space on ${full#* }" "${full%% *} KiB free" "must be at least 8192 KiB" "free some space, then run again"
}

# Writes what differs, as it must be, into the $STAGE tree: for `validate` and for `install_staged`.
stage() {
  local i
  set --
  for i in $DIFFERENT; do
    select_item "$i"
    set -- "$@" "$STAGE${NAME%/*}"
  done
  [ $# = 0 ] || (umask 077 && mkdir -p "$@") || return
  for i in $DIFFERENT; do
    stage_item "$i" || return
  done
}

stage_item() {
  local staged line after
  select_item "$1"
  staged=$STAGE$NAME
  [ ! -d "$ROOT$NAME" ] || fail "$NAME" "a folder" "must be a file" "move the folder away"
  if [ "$KIND" = file ]; then
    NOTE=-
    (umask 077 && printf '%s' "$BODY" >"$staged") || return
  else
    edited_text "$ROOT$NAME" || return
    # The second edit of a file starts from the result of the first.
    [ ! -e "$staged" ] || { edited_text "$staged" || return; }
    if [ -e "$ROOT$NAME" ]; then
      [ -e "$staged" ] || cp -a "$ROOT$NAME" "$staged" || return
      printf '%s' "$TEXT" >"$staged" || return
    else
      (umask 077 && printf '%s' "$TEXT" >"$staged") && chmod "$ITEM_MODE" "$staged" || return
      [ -z "$ITEM_OWNER" ] || chown "$ITEM_OWNER:" "$staged" || return
    fi
  fi
  line=$KIND$TAB$NAME$TAB
  [ "$KIND" != word ] || line=$line$BODY
  case $NEW_MANIFEST in
    # A block's note may have changed.
    *"$NL$line"*)
      after=${NEW_MANIFEST#*"$NL$line"}
      NEW_MANIFEST=${NEW_MANIFEST%%"$NL$line"*}$NL$KIND$TAB$NAME$TAB$NOTE$NL${after#*"$NL"}
      ;;
    *) NEW_MANIFEST=$NEW_MANIFEST$KIND$TAB$NAME$TAB$NOTE$NL ;;
  esac
}

# Checks of the staged texts that apply to every step.
validate_items() {
  local i
  for i in $UNMET; do
    select_item "$i"
    [ "$KIND" != table ] || validate_table
  done
}

# NAME TEXT: writes a file of the step's state at once, or not at all.
write_state() {
  printf '%s' "$2" >"$STATE/$1.new" && durable "$STATE/$1.new" && mv -f "$STATE/$1.new" "$STATE/$1"
}

# PATH: notes it in JOURNAL and keeps what is there now, unless the journal of a killed run has it already.
journal_path() {
  ! has_line "$JOURNAL" "$1" || return 0
  if exists "$ROOT$1"; then keep_copy prev "$1"; else drop_copy prev "$1"; fi || return
  JOURNAL=$JOURNAL$1$NL
}

# KIND NAME TEMPLATE: notes in JOURNAL the current state of a part of the running system.
journal_state() {
  ! contains "$JOURNAL" "$NL$1$TAB$2$TAB" || return 0
  "$1_note" "$2" "$3"
  JOURNAL=$JOURNAL$1$TAB$2$TAB$NOTE$NL
}

journal_sysctl() {
  journal_state sysctl "$@"
}
journal_table() {
  journal_state table "$@"
}
journal_unit() {
  journal_state unit "$@"
}

# From here on a kill at any point leaves enough to continue or to roll back.
begin_change() {
  local i
  if [ ! -e "$STATE/journal" ]; then
    [ ! -e "$STATE/prev" ] || rm -rf "$STATE/prev"
    [ -z "$FIRST" ] || JOURNAL=${JOURNAL}first$NL
    [ ! -e "$RUN/reboot/$STEP" ] || JOURNAL=${JOURNAL}reboot$NL
  fi
  open_manifest || return
  for i in $DIFFERENT; do
    select_item "$i"
    journal_path "$NAME" || return
    if [ "$KIND" != file ] || in_manifest; then continue; fi
    if exists "$ROOT$NAME"; then keep_copy orig "$NAME"; else drop_copy orig "$NAME"; fi || return
  done
  for i in file word block; do for_each_line "$DROPPED" "$i" journal_path || return; done
  look_at_dropped_units
  for i in $UNMET; do
    select_item "$i"
    [ "$KIND" = package ] || journal_state "$KIND" "$NAME" "$ITEM_MODE"
  done
  for i in sysctl table unit; do for_each_line "$DROPPED_REST" "$i" "journal_$i"; done
  claim "$NEW_MANIFEST"
  write_state journal "${JOURNAL#"$NL"}" && write_state manifest "$CLAIMED"
}

# Brings the running system to the declared state, now that the texts are in place.
bring_items() {
  local i kind
  reload_systemd
  for kind in sysctl table unit; do
    for_each_line "$DROPPED_REST" "$kind" "${kind}_restore"
    for i in $UNMET; do
      select_item "$i"
      [ "$KIND" != "$kind" ] || "${kind}_bring"
    done
  done
}

# The change is in force: forgets how to go back.
commit() {
  local path
  FIRST=
  OPEN=
  claim "$NEW_MANIFEST"
  MANIFEST=$NL$CLAIMED
  share_packages
  forget_lines "$DROPPED"
  forget_lines "$(printf '%s' "$DROPPED_REST" | grep -e "^sysctl$TAB" -e "^table$TAB" -e "^unit$TAB")"
  # A killed run may have left copies where this run has nothing to do.
  while IFS= read -r path; do
    case $path in
      /*)
        temporary_of "$ROOT$path"
        remove_file "$TEMPORARY"
        ;;
    esac
  done <<END
$JOURNAL
END
  write_state manifest "${MANIFEST#"$NL"}" && rm -f "$STATE/journal" || return
  clean_up
}

# Packages that the step no longer declares go last: no quick way leads back to them.
remove_dropped_packages() {
  [ -n "$DROPPED_REST" ] || return 0
  FORMER=$DROPPED_REST
  clear_log
  in_step restore_packages
  if [ "$RC" != 0 ]; then
    explain_failure "removing packages"
    exit 1
  fi
  forget_lines "$DROPPED_REST"
  write_state manifest "${MANIFEST#"$NL"}"
}

# Removes what a change leaves behind; the $STAGE tree last, since it shows that a killed run left something.
clean_up() {
  local file
  [ -e "$STAGE" ] || [ -e "$STATE/manifest.prev" ] || return 0
  [ ! -e "$STATE/journal" ] || return 0
  read_manifest
  if [ -d "$STATE/orig" ]; then
    find "$STATE/orig" ! -type d | while IFS= read -r file; do
      noted file "${file#"$STATE/orig"}" || rm -f "$file"
    done
    find "$STATE/orig" -type d -empty -delete
  fi
  # A killed run noted something and changed nothing: the state to return to is kept.
  [ -n "$OPEN" ] || rm -f "$STATE/manifest.prev"
  rm -rf "$STATE/prev" "$STATE/edit" "$STATE/journal.new" "$STATE/manifest.new" "$STATE/manifest.prev.new" "$STAGE"
}

# Restores what was there before this change. The dead man calls it, too, so it needs nothing but $STATE.
roll_back() {
  local path first='' keep_reboot=
  ROLLING_BACK=yes
  [ -e "$STATE/journal" ] || return 0
  read_manifest
  read_journal
  ! has_line "$JOURNAL" first || first=yes
  ! has_line "$JOURNAL" reboot || keep_reboot=yes
  # A step that is new on the host leaves the running system as it was before its packages came.
  FORMER=$JOURNAL
  [ -z "$first" ] || FORMER=$MANIFEST
  in_step release_units
  while IFS= read -r path; do
    case $path in /*) ;; *) continue ;; esac
    temporary_of "$ROOT$path"
    remove_file "$TEMPORARY"
    if exists "$STATE/prev$path"; then
      # On a full disk the kept copy itself is moved.
      replace_file "$STATE/prev$path" "$ROOT$path" || mv -fT "$STATE/prev$path" "$ROOT$path"
    else
      remove_file "$ROOT$path"
    fi
  done <<END
$JOURNAL
END
  [ -n "$keep_reboot" ] || rm -f "$RUN/reboot/$STEP"
  in_step restore_kernel
  if [ -n "$first" ]; then
    in_step step_undo
    in_step restore_units
    remove_folders
    rm -f "$STATE/dirs"
  else
    in_step restore_units
    in_step step_apply
  fi
  restore_manifest
  rm -f "$STATE/journal"
  clean_up
  remove_empty_state
}

# Restores what was there before a takeover that was killed.
give_back() {
  cancel_switch
  roll_back
  restore_manifest
  clean_up
}

# Goes by the lines of FORMER, the last one first: a unit may need the ones before it.
release_units() {
  contains "$NL$FORMER" "${NL}unit$TAB" || return 0
  for_each_line "$(printf '%s' "$FORMER" | tac)" unit unit_release
}
restore_kernel() {
  for_each_line "$FORMER" sysctl sysctl_restore
  for_each_line "$FORMER" table table_restore
}
restore_units() {
  contains "$FORMER" "${NL}unit$TAB" || return 0
  reload_systemd
  for_each_line "$FORMER" unit unit_restore
}

# Removes all traces of a step that is not on the host.
remove_empty_state() {
  rmdir "$STATE" "$BASE" 2>/dev/null || :
}

# The kernel's boot id goes with it, so that the mark cannot outlive the boot it speaks of.
mark_reboot() {
  local boot
  mkdir -p "$RUN/reboot" && read -r boot <"$ROOT/proc/sys/kernel/random/boot_id" &&
    printf '%s\n' "$boot" >"$RUN/reboot/$STEP"
}
