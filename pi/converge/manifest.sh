# The converge program: what an earlier run left on the host, and what it noted about the host's state before that.
#
# $STATE/manifest  a line for everything of ours that is or may be on the host: kind, name and a note, separated by tabs. The
#                  note says what was there before the step first came; it is final once the line is there
# $STATE/orig      what was at a file's path before the step first came; final once the manifest has the path
# $STATE/dirs      folders made here
# $STATE/journal   a change is under way: the paths it touches, of which $STATE/prev holds what was there before this
#                  change, and lines like the manifest's for the rest; "first" where the step was not on the host, "reboot"
#                  where a reboot was due already

DROPPED=
DROPPED_REST=
MANIFEST=$NL
JOURNAL=$NL

# Sets MANIFEST, with a newline before the first line; DROPPED and DROPPED_REST: what an earlier version of the step
# declared, texts and all else; OWNED_BY; FIRST, unless the step was in force before; and OPEN while a change of one that was
# is under way.
read_manifest() {
  local kind name note line
  MANIFEST=$NL
  DROPPED=
  DROPPED_REST=
  OWNED_BY=
  OPEN=
  FIRST=yes
  [ -e "$STATE/manifest" ] || return 0
  FIRST=
  while IFS=$TAB read -r kind name note; do
    [ -n "$kind" ] || continue
    line=$kind$TAB$name$TAB$note$NL
    MANIFEST=$MANIFEST$line
    case $kind in
      owner)
        OWNED_BY=${name#-}
        case $note in new) FIRST=yes ;; open) OPEN=yes ;; esac
        ;;
      memory) ;;
      word) has_line "$KEYS" "$kind$TAB$name$TAB$note" || DROPPED=$DROPPED$line ;;
      file | block) has_line "$KEYS" "$kind$TAB$name" || DROPPED=$DROPPED$line ;;
      package) package_is_declared "$name" "$note" || DROPPED_REST=$DROPPED_REST$line ;;
      *) has_line "$KEYS" "$kind$TAB$name" || DROPPED_REST=$DROPPED_REST$line ;;
    esac
  done <"$STATE/manifest"
}

# KIND NAME: whether the manifest has it; sets NOTE.
noted() {
  case $MANIFEST in *"$NL$1$TAB$2$TAB"*) ;; *) return 1 ;; esac
  NOTE=${MANIFEST#*"$NL$1$TAB$2$TAB"}
  NOTE=${NOTE%%"$NL"*}
}

# Whether the manifest has the selected item.
# shellcheck disable=SC2153 # `select_item` sets them.
in_manifest() {
  if [ "$KIND" = word ]; then
    has_line "$MANIFEST" "$KIND$TAB$NAME$TAB$BODY"
  else
    noted "$KIND" "$NAME"
  fi
}

# LINES KIND FUNCTION: calls the function with name and note of each line of the kind.
for_each_line() {
  local kind name note
  while IFS=$TAB read -r kind name note <&8; do
    [ "$kind" != "$2" ] || "$3" "$name" "$note" || return
  done 8<<END
$1
END
}

# Sets JOURNAL, with a newline before the first line, to that of a run that was killed.
read_journal() {
  local line
  JOURNAL=$NL
  [ -e "$STATE/journal" ] || return 0
  while IFS= read -r line; do
    [ -z "$line" ] || JOURNAL=$JOURNAL$line$NL
  done <"$STATE/journal"
}

# LINES: adds them to the manifest.
extend_manifest() {
  (umask 077 && mkdir -p "$STATE") && open_manifest || return
  claim "$MANIFEST$1"
  MANIFEST=$NL$CLAIMED
  write_state manifest "$CLAIMED"
}

# Keeps the manifest from before the change as manifest.prev, once.
open_manifest() {
  [ -z "$FIRST$OPEN" ] || return 0
  write_state manifest.prev "${MANIFEST#"$NL"}" && OPEN=yes
}

# LINES: sets CLAIMED to these lines of the manifest, of which the first says whose the step is and how far it is: "new" while
# it never was in force, "open" while a change is under way.
claim() {
  local rest="$1" note=-
  if [ -n "$FIRST" ]; then note=new; elif [ -n "$OPEN" ]; then note=open; fi
  case $rest in
    "${NL}owner$TAB"*)
      rest=${rest#"$NL"}
      rest=$NL${rest#*"$NL"}
      ;;
  esac
  CLAIMED=owner$TAB${OWNER:-${OWNED_BY:--}}$TAB$note$rest
}

# LINES: removes them from MANIFEST.
forget_lines() {
  local line kept="$NL"
  [ -n "$1" ] || return 0
  while IFS= read -r line; do
    if [ -n "$line" ] && ! has_line "$1" "$line"; then kept=$kept$line$NL; fi
  done <<END
$MANIFEST
END
  MANIFEST=$kept
}

# Adds to MANIFEST the declared packages that another step of ours brought, and what came for them: the last of these steps
# removes them.
share_packages() {
  local i=0 file kind name note
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    if [ "$KIND" != package ] || in_manifest; then continue; fi
    for file in "$BASE"/*/manifest; do
      if [ "$file" = "$STATE/manifest" ] || [ ! -e "$file" ]; then continue; fi
      while IFS=$TAB read -r kind name note; do
        if [ "$kind" != package ] || ! has_word "$note" "$NAME"; then continue; fi
        # Others that were asked for in the same run of apt.
        if [ "$name" != "$NAME" ] && has_word "$note" "$name"; then continue; fi
        contains "$MANIFEST" "${NL}package$TAB$name$TAB" || MANIFEST=${MANIFEST}package$TAB$name$TAB$NAME$NL
      done <"$file"
    done
  done
}

# NAME: whether the manifest of another step has the package.
noted_by_another() {
  local file
  for file in "$BASE"/*/manifest; do
    if [ "$file" != "$STATE/manifest" ] && grep -qsF "package$TAB$1$TAB" "$file"; then return 0; fi
  done
  return 1
}

# Restores the manifest from before a failed change, with the lines of packages, which stay for the next try, and with
# what undo has to know.
restore_manifest() {
  local kind name note line former="$NL"
  read_manifest
  [ -n "$FIRST$OPEN" ] || return 0
  if [ -n "$FIRST" ] && ! contains "$MANIFEST" "${NL}package$TAB"; then
    rm -f "$STATE/manifest"
    return
  fi
  [ -n "$FIRST" ] || former=$NL$(cat "$STATE/manifest.prev")$NL
  while IFS=$TAB read -r kind name note; do
    line=$kind$TAB$name$TAB$note
    case $kind in
      package | user | group | folder | memory) has_line "$former" "$line" || former=$former$line$NL ;;
      owner) [ -z "$FIRST" ] || former=$former$line$NL ;;
    esac
  done <<END
$MANIFEST
END
  write_state manifest "${former#"$NL"}"
}

# Makes OWNER the step's owner in the manifest, where another one is.
take_ownership() {
  [ -n "$OWNER" ] && [ "$OWNER" != "$OWNED_BY" ] && [ -e "$STATE/manifest" ] || return 0
  announce_takeover
  claim "$MANIFEST"
  write_state manifest "$CLAIMED"
}

# Sets CLAIMANT to the owner that the manifest names, and OWNED_BY to the one from before while a change is under way: until a
# takeover is in force, the step is its former owner's.
find_owner() {
  CLAIMANT=$OWNED_BY
  [ -n "$OPEN" ] && [ -e "$STATE/manifest.prev" ] || return 0
  IFS=$TAB read -r _ OWNED_BY _ <"$STATE/manifest.prev"
  OWNED_BY=${OWNED_BY#-}
}

announce_takeover() {
  if [ -n "$OWNER" ] && [ -n "$OWNED_BY" ] && [ "$OWNER" != "$OWNED_BY" ]; then
    say "takes the step over from $OWNED_BY"
  fi
}
