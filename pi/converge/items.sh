# The converge program: what a step declares (items), and how that and the host differ.
#
# Kinds of text, which are staged, and put in place together: file, word, block (kinds/file.sh, kinds/edit.sh).
# Kinds of the running system: sysctl, table, unit. Kinds of packages, which outlive a change that failed: package, user,
# group, folder. And memory, a fact about the host before the step. Each is a handful of functions of the same names:
#
# KIND_in_force            whether the selected item is as declared
# KIND_note NAME TEMPLATE  sets NOTE to what is there now; to nothing where nothing has to be remembered. The template is the
#                          item's, or another note
# KIND_bring               makes the selected item as declared
# KIND_restore NAME NOTE   restores what the note says; idempotent

COUNT=0
DIFFERENT=
UNMET=
TOUCHED=$NL
KEYS=$NL
# Set when the step declares something about the running system.
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
  # An edit changes the file that a link points to; the link stays.
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

# Sets VERB to the selected item's reaction to those of its files (lines of its BODY: verb and path, a folder's ending
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

# Notes, before anything changes it, the host's state of each item that is not in force, and what else the step has to
# remember.
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
