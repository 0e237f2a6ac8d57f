# The converge program, 4 of 7: a change of the declared items, in parts that a kill cannot come between, and the way back.

# Free space on every disk that is about to be written, before anything is.
require_space() {
  set -- "$ROOT/"
  for _i in $DIFFERENT; do
    select_item "$_i"
    _folder=$ROOT${FILE%/*}
    while [ ! -d "$_folder/" ]; do _folder=${_folder%/*}; done
    set -- "$@" "$_folder/"
  done
  _full=$(df -Pk "$@" 2>/dev/null | {
    read -r _
    while read -r _ _ _ _free _ _mount; do
      [ "$_free" -ge 8192 ] || printf '%s\n' "$_free $_mount"
    done
  })
  _full=${_full%%"$NL"*}
  [ -z "$_full" ] ||
    fail "disk space on ${_full#* }" "${_full%% *} KiB free" "must be at least 8192 KiB" "free some space, then run again"
}

# Writes what differs, as it shall be, into the $STAGE tree: for `validate` and for `place`.
stage() {
  set --
  for _i in $DIFFERENT; do
    select_item "$_i"
    set -- "$@" "$STAGE${FILE%/*}"
  done
  [ $# = 0 ] || (umask 077 && mkdir -p "$@") || return
  for _i in $DIFFERENT; do
    stage_item "$_i" || return
  done
}

stage_item() {
  select_item "$1"
  _staged=$STAGE$FILE
  [ ! -d "$ROOT$FILE" ] || fail "$FILE" "a folder" "must be a file" "move the folder away"
  if [ "$KIND" = file ]; then
    NOTE=-
    (umask 077 && printf '%s' "$BODY" >"$_staged") || return
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
  if exists "$ROOT$1"; then keep prev "$1"; else discard prev "$1"; fi || return
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
    if [ -e "$STATE/prev" ] || [ -e "$STATE/manifest.prev" ]; then rm -rf "$STATE/prev" "$STATE/manifest.prev"; fi
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
    if exists "$ROOT$FILE"; then keep orig "$FILE"; else discard orig "$FILE"; fi || return
  done
  while IFS=$TAB read -r _kind _path _; do
    [ -z "$_path" ] || journal_path "$_path" || return
  done <<END
$DROPPED
END
  write_state journal "${JOURNAL#"$NL"}" && write_state manifest "${NEW_MANIFEST#"$NL"}"
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
    remove "$TEMPORARY"
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
    remove "$TEMPORARY"
    if exists "$STATE/prev$_path"; then
      # On a full disk the copy itself must do.
      put "$STATE/prev$_path" "$ROOT$_path" || mv -fT "$STATE/prev$_path" "$ROOT$_path"
    else
      remove "$ROOT$_path"
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

# The kernel's boot id goes with it, so that the mark cannot outlive the boot it speaks of.
mark_reboot() {
  mkdir -p "$RUN/reboot" && read -r _boot <"$ROOT/proc/sys/kernel/random/boot_id" &&
    printf '%s\n' "$_boot" >"$RUN/reboot/$STEP"
}
