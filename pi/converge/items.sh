# The converge program, 2 of 12: what a step declares (items), what an earlier run left on the host (the manifest), and how
# the two and the host differ.
#
# $STATE/manifest  a line for everything of ours that is or may be on the host: kind, name and a note, parted by tabs. The
#                  note says what stood there before the step first came; it is final once the line is there
# $STATE/orig      what stood at a file's path before the step first came; final once the manifest has the path
# $STATE/dirs      folders made here
# $STATE/journal   a change is under way: the paths it touches, of which $STATE/prev holds what stood there before this
#                  change, and lines like the manifest's for the rest; "first" where the step was not on the host, "reboot"
#                  where a reboot was due already
#
# Kinds of text, which are staged, and put in place together: file, word, block (kinds/file.sh, kinds/edit.sh).
# Kinds of the running system: sysctl, table, unit. Kinds of packages, which outlive a change that failed: package, user,
# group, folder. And memory, a fact about the host before the step. Each is a handful of functions of the same names:
#
# KIND_in_force            whether the selected item is as declared
# KIND_note NAME TEMPLATE  sets NOTE to what stands there now; to nothing where that needs no memory. The template is the
#                          item's, or another note
# KIND_bring               makes the selected item as declared
# KIND_restore NAME NOTE   puts back what the note says. Any number of times, to the same end

COUNT=0
DIFFERENT=
UNMET=
DROPPED=
DROPPED_REST=
MANIFEST=$NL
JOURNAL=$NL
TOUCHED=$NL
KEYS=$NL
# Set where the step declares something of the running system.
RUNNING_ITEMS=
OPENING="# >>> ecs-anywhere-hybrid $STEP"
CLOSING="# <<< ecs-anywhere-hybrid $STEP"

# TEXT: the next block goes below the first line that says this, not at the file's end.
BELOW_NEXT=
below() {
  BELOW_NEXT=$1
}

# KIND MODE OWNER BODY NAME…: declares an item. The name of a text is its path; for edits the first path that exists counts,
# and with a MODE the last one is made when none exists. The MODE of all other kinds is the template of their note.
item() {
  local kind="$1" mode="$2" owner="$3" body="$4" name candidate key
  shift 4
  name=
  for candidate; do
    case $kind in
      word | block) [ -e "$ROOT$candidate" ] || continue ;;
    esac
    name=$candidate
    break
  done
  if [ -z "$name" ]; then
    [ -n "$mode" ] || fail "$*" missing "must be there, at least one" "check that this is the kind of system the step is for"
    name=$candidate
  fi
  # An edit goes into the file that a link leads to; the link stays.
  case $kind in
    word | block)
      if [ -L "$ROOT$name" ]; then
        name=$(readlink -f "$ROOT$name")
        name=${name#"$ROOT"}
      fi
      ;;
  esac
  case $kind in sysctl | table | unit) RUNNING_ITEMS=yes ;; esac
  COUNT=$((COUNT + 1))
  eval "KIND_$COUNT=\$kind MODE_$COUNT=\$mode OWNER_$COUNT=\$owner"
  eval "BODY_$COUNT=\$body NAME_$COUNT=\$name BELOW_$COUNT=\$BELOW_NEXT"
  # shellcheck disable=SC2034 # The line above uses it.
  BELOW_NEXT=
  key=$kind$TAB$name
  [ "$kind" != word ] || key=$key$TAB$body
  KEYS=$KEYS$key$NL
}

# Sets KIND, ITEM_MODE, ITEM_OWNER, BODY, BELOW and NAME to the declared item of this number.
select_item() {
  eval "KIND=\$KIND_$1 ITEM_MODE=\$MODE_$1 ITEM_OWNER=\$OWNER_$1 BODY=\$BODY_$1 BELOW=\$BELOW_$1 NAME=\$NAME_$1"
}

# Prints the text as one word of the shell.
quoted() {
  local rest="$1" done=
  while contains "$rest" "'"; do
    done="$done${rest%%\'*}'\\''"
    rest=${rest#*\'}
  done
  printf " '%s'" "$done$rest"
}

# For `detect`, whose items only the host knows: PATH MODE, WORD PATH…, PATH [MODE OWNER [BELOW]]; text comes on stdin.
own_file() {
  local text
  text=$(cat && printf .)
  {
    printf 'item file'
    quoted "$2"
    printf " ''"
    quoted "${text%.}"
    quoted "$1"
    printf '\n'
  } >&4
}
add_word() {
  local word
  printf "item word '' ''" >&4
  for word; do quoted "$word"; done >&4
  printf '\n' >&4
}
add_block() {
  local text
  text=$(cat)
  [ -z "${4-}" ] || printf 'below%s\n' "$(quoted "$4")" >&4
  printf 'item block%s%s%s%s\n' "$(quoted "${2-}")" "$(quoted "${3-}")" "$(quoted "$text")" "$(quoted "$1")" >&4
}

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

# Sets DIFFERENT to the numbers of the texts that are not in force, UNMET to those of all other items that are not,
# TOUCHED to the paths that the change touches, and what `read_manifest` and `read_journal` set.
compare() {
  local i
  read_manifest
  read_journal
  compare_texts
  TOUCHED=$JOURNAL
  for i in $DIFFERENT; do
    select_item "$i"
    TOUCHED=$TOUCHED$NAME$NL
  done
  for_each_line "$DROPPED" file touch_path
  for_each_line "$DROPPED" word touch_path
  for_each_line "$DROPPED" block touch_path
  look_at_declared_units
  find_unmet package sysctl table unit
}

touch_path() {
  TOUCHED=$TOUCHED$1$NL
}

# KIND…: sets UNMET.
find_unmet() {
  local i=0
  UNMET=
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    has_word "$*" "$KIND" || continue
    if "${KIND}_in_force" && ! touched; then continue; fi
    UNMET="$UNMET $i"
  done
}

# Sets VERB to what the selected item does about those of its files (lines of its BODY: verb and path, a folder's ending
# in a slash) that the change touches. Fails where it touches none.
touched() {
  local verb path
  VERB=-
  [ "$TOUCHED" != "$NL" ] || return 1
  while read -r verb path; do
    case $path in
      '') continue ;;
      */) contains "$TOUCHED" "$NL$path" || continue ;;
      *) has_line "$TOUCHED" "$path" || continue ;;
    esac
    [ "$VERB" = restart ] || VERB=$verb
  done <<END
$BODY
END
  [ "$VERB" != - ]
}

# Notes, before anything comes that could change it, how the host is without what is not in force, and what else the step
# has to remember.
note_before() {
  local i=0 lines=
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    case $KIND in
      file | word | block | package) continue ;;
      sysctl | table | unit) has_word "$UNMET" "$i" || continue ;;
    esac
    ! in_manifest || continue
    # Not in a condition, where a script's errors would be ignored.
    "${KIND}_note" "$NAME" "$ITEM_MODE"
    [ -z "$NOTE" ] || lines=$lines$KIND$TAB$NAME$TAB$NOTE$NL
  done
  [ -z "$lines" ] || extend_manifest "$lines"
}

# LINES: adds them to the manifest.
extend_manifest() {
  (umask 077 && mkdir -p "$STATE") && open_manifest || return
  claim "$MANIFEST$1"
  MANIFEST=$NL$CLAIMED
  write_state manifest "$CLAIMED"
}

# Keeps the manifest of before the change as manifest.prev, once.
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

# The manifest as it was before a change that came to nothing, and the lines of packages, which stay for the next try; with
# them what undo has to know.
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

# Says in the manifest that the step is OWNER's, where it is somebody else's.
take_ownership() {
  [ -n "$OWNER" ] && [ "$OWNER" != "$OWNED_BY" ] && [ -e "$STATE/manifest" ] || return 0
  announce_takeover
  claim "$MANIFEST"
  write_state manifest "$CLAIMED"
}

announce_takeover() {
  if [ -n "$OWNER" ] && [ -n "$OWNED_BY" ] && [ "$OWNER" != "$OWNED_BY" ]; then
    say "takes the step over from $OWNED_BY"
  fi
}
