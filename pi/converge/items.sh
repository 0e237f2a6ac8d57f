# The converge program, 2 of 7: the files and edits that a step declares, against the host.
#
# $STATE/manifest  a line for everything of ours that is or may be on the host: kind, path and, for an edit, a note
# $STATE/orig      what stood at a file's path before the step first came; final once the manifest has the path
# $STATE/dirs      folders made here
# $STATE/journal   a change is under way: the paths it touches, of which $STATE/prev holds what stood there before this
#                  change; "first" where the step was not on the host, "reboot" where a reboot was due already

CR=$(printf '\r')
COUNT=0
DIFFERENT=
DROPPED=
KEYS=$NL
OPENING="# >>> ecs-anywhere-hybrid $STEP"
CLOSING="# <<< ecs-anywhere-hybrid $STEP"

# TEXT: the next block goes below the first line that says this, not at the file's end.
BELOW_NEXT=
below() {
  BELOW_NEXT=$1
}

# KIND MODE OWNER BODY PATH…: declares a file, a word or a block; for edits the first path that exists counts.
# With a MODE, an edit's last path is made when none exists.
item() {
  _kind=$1 _mode=$2 _owner=$3 _body=$4
  shift 4
  _path=
  for _candidate; do
    if [ "$_kind" = file ] || [ -e "$ROOT$_candidate" ]; then
      _path=$_candidate
      break
    fi
  done
  if [ -z "$_path" ]; then
    [ -n "$_mode" ] || fail "$*" missing "one of these must exist" "check that this is the kind of system the step is for"
    _path=$_candidate
  fi
  # An edit goes into the file that a link leads to; the link stays.
  if [ "$_kind" != file ] && [ -L "$ROOT$_path" ]; then
    _path=$(readlink -f "$ROOT$_path")
    _path=${_path#"$ROOT"}
  fi
  COUNT=$((COUNT + 1))
  eval "KIND_$COUNT=\$_kind MODE_$COUNT=\$_mode OWNER_$COUNT=\$_owner BODY_$COUNT=\$_body PATH_$COUNT=\$_path"
  set -- "$BELOW_NEXT"
  eval "BELOW_$COUNT=\$1"
  BELOW_NEXT=
  _key=$_kind$TAB$_path
  [ "$_kind" != word ] || _key=$_key$TAB$_body
  KEYS=$KEYS$_key$NL
}

# Sets KIND, FILE_MODE, OWNER, BODY, BELOW and FILE to the declared item of this number.
select_item() {
  eval "KIND=\$KIND_$1 FILE_MODE=\$MODE_$1 OWNER=\$OWNER_$1 BODY=\$BODY_$1 BELOW=\$BELOW_$1 FILE=\$PATH_$1"
}

# Prints the text as one word of the shell.
quoted() {
  _rest=$1
  _done=
  while :; do
    case $_rest in *\'*) ;; *) break ;; esac
    _done="$_done${_rest%%\'*}'\\''"
    _rest=${_rest#*\'}
  done
  printf " '%s'" "$_done$_rest"
}

# For `detect`, whose items only the host knows: PATH MODE, WORD PATH…, PATH [MODE OWNER [BELOW]]; text comes on stdin.
own_file() {
  _text=$(cat && printf .)
  {
    printf 'item file'
    quoted "$2"
    printf " ''"
    quoted "${_text%.}"
    quoted "$1"
    printf '\n'
  } >&4
}
add_word() {
  printf "item word '' ''" >&4
  for _word; do quoted "$_word"; done >&4
  printf '\n' >&4
}
add_block() {
  _text=$(cat)
  [ -z "${4-}" ] || printf 'below%s\n' "$(quoted "$4")" >&4
  printf 'item block%s%s%s%s\n' "$(quoted "${2-}")" "$(quoted "${3-}")" "$(quoted "$_text")" "$(quoted "$1")" >&4
}

# Sets MANIFEST, with a newline before the first line, and DROPPED: what an earlier version of the step declared.
read_manifest() {
  MANIFEST=$NL
  DROPPED=
  [ -e "$STATE/manifest" ] || return 0
  while IFS=$TAB read -r _kind _path _note; do
    [ -n "$_kind" ] || continue
    MANIFEST=$MANIFEST$_kind$TAB$_path$TAB$_note$NL
    _key=$_kind$TAB$_path
    [ "$_kind" != word ] || _key=$_key$TAB$_note
    case $KEYS in *"$NL$_key$NL"*) ;; *) DROPPED=$DROPPED$_kind$TAB$_path$TAB$_note$NL ;; esac
  done <"$STATE/manifest"
}

in_manifest() {
  case $MANIFEST in
    *"$NL$KIND$TAB$FILE$TAB"*)
      [ "$KIND" != word ] || case $MANIFEST in *"$NL$KIND$TAB$FILE$TAB$BODY$NL"*) ;; *) return 1 ;; esac
      ;;
    *) return 1 ;;
  esac
}

# Sets TEXT to a file's content, to the last newline.
read_text() {
  TEXT=$(cat "$1" && printf .) || return
  TEXT=${TEXT%.}
}

# Sets DIFFERENT to the numbers of the items that are not in force, and DROPPED.
compare() {
  set --
  _i=0
  while [ "$_i" -lt "$COUNT" ]; do
    _i=$((_i + 1))
    select_item "$_i"
    [ "$KIND" != file ] || set -- "$@" "$ROOT$FILE"
  done
  STATS=
  [ $# = 0 ] || STATS=$NL$(stat -c '%n|%a|%u|%s|%F' "$@" 2>/dev/null)$NL
  compare_contents
  read_manifest
  DIFFERENT=
  _i=0
  while [ "$_i" -lt "$COUNT" ]; do
    _i=$((_i + 1))
    select_item "$_i"
    "${KIND}_in_force" || DIFFERENT="$DIFFERENT $_i"
  done
}

# Sets SAME when all files that look the same are: as most times, and one process tells it for all of them.
compare_contents() {
  set --
  _want=
  _i=0
  while [ "$_i" -lt "$COUNT" ]; do
    _i=$((_i + 1))
    select_item "$_i"
    if [ "$KIND" = file ] && looks_same; then
      set -- "$@" "$ROOT$FILE"
      _want=$_want$BODY
    fi
  done
  SAME=
  [ $# = 0 ] || [ "$(cat "$@" && printf .)" != "$_want." ] || SAME=yes
}

# By mode, owner, size and kind.
looks_same() {
  case $STATS in *"$NL$ROOT$FILE|$FILE_MODE|$ME|${#BODY}|regular file$NL"*) ;; *) return 1 ;; esac
}

file_in_force() {
  looks_same || return
  [ -z "$SAME" ] || return 0
  _want=$BODY
  # As `$(…)` drops them too; the size has told how many there are.
  while :; do
    case $_want in *"$NL") _want=${_want%"$NL"} ;; *) break ;; esac
  done
  [ "$(cat "$ROOT$FILE")" = "$_want" ]
}

word_in_force() {
  _line=
  IFS= read -r _line <"$ROOT$FILE" || :
  has_word "$_line" "$BODY"
}

# LINE WORD
has_word() {
  case " ${1%"$CR"} " in *" $2 "*) ;; *) return 1 ;; esac
}

block_in_force() {
  in_manifest && [ -e "$ROOT$FILE" ] && read_text "$ROOT$FILE" || return
  _block=$NL$OPENING$NL$BODY$NL$CLOSING$NL
  case $NL$TEXT in *"$_block"*) ;; *) return 1 ;; esac
  # Twice is once too often.
  _rest=$NL${TEXT#*"$OPENING$NL"}
  case $_rest in *"$NL$OPENING$NL"*) return 1 ;; esac
}

# KIND NOTE: sets TEXT to what it is without our word or block.
without_edit() {
  case $1 in
    word)
      _line=${TEXT%%"$NL"*}
      _line=${_line%"$CR"}
      has_word "$_line" "$2" || return 0
      _after=" $_line "
      _before=${_after%%" $2 "*}
      _after=${_after#"$_before $2"}
      _after=${_after% }
      TEXT=${_before# }$_after${TEXT#"$_line"}
      ;;
    block)
      while :; do
        case $NL$TEXT in *"$NL$OPENING$NL"*) ;; *) return 0 ;; esac
        _before=$NL$TEXT
        _after=${_before#*"$NL$OPENING$NL"}
        _before=${_before%%"$NL$OPENING$NL"*}$NL
        _before=${_before#"$NL"}
        case $NL$_after in
          *"$NL$CLOSING$NL"*)
            _after=$NL$_after
            _after=${_after#*"$NL$CLOSING$NL"}
            ;;
          *"$NL$CLOSING") _after= ;;
          # Somebody took the closing line away: what follows the opening one is not surely ours.
          *) ;;
        esac
        [ "$2" != nonl ] || [ -n "$_after" ] || _before=${_before%"$NL"}
        TEXT=$_before$_after
      done
      ;;
  esac
}

# SOURCE: sets TEXT to the selected edit's file as it shall be, and NOTE to what the manifest needs to take it back.
edited_text() {
  TEXT=
  NOTE=-
  if [ -e "$1" ]; then
    read_text "$1" || return
    [ "$(wc -c <"$1")" -eq ${#TEXT} ] ||
      fail "$FILE" "has NUL bytes" "must be a text file" "look at the file, it may be damaged"
  else
    NOTE=made
  fi
  if [ "$KIND" = word ]; then
    NOTE=$BODY
    _line=${TEXT%%"$NL"*}
    _line=${_line%"$CR"}
    ! has_word "$_line" "$BODY" || return 0
    case $_line in
      # A block in a file that was empty: the word's line comes before it.
      "# >>> ecs-anywhere-hybrid "*) TEXT=" $BODY$NL$TEXT" ;;
      *) TEXT="$_line $BODY${TEXT#"$_line"}" ;;
    esac
    return
  fi
  in_manifest && { NOTE=${MANIFEST#*"$NL$KIND$TAB$FILE$TAB"} && NOTE=${NOTE%%"$NL"*}; }
  without_edit block "$NOTE"
  if [ -n "$BELOW" ]; then
    _head=$NL$TEXT
    _tail=${_head#*"$NL$BELOW$NL"}
    [ "$_tail" != "$_head" ] || fail "$FILE" "has no line $BELOW" "must have it" "write it as it was"
    TEXT=${_head%%"$NL$BELOW$NL"*}$NL$BELOW$NL$OPENING$NL$BODY$NL$CLOSING$NL$_tail
    TEXT=${TEXT#"$NL"}
    return
  fi
  case $TEXT in
    *"$NL") ;;
    *)
      [ "$NOTE" = made ] || NOTE=nonl
      [ -z "$TEXT" ] || TEXT=$TEXT$NL
      ;;
  esac
  TEXT=$TEXT$OPENING$NL$BODY$NL$CLOSING$NL
}
