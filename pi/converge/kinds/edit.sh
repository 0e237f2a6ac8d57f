# The converge program: a word on a file's one line, and a block of lines between two marker comments, in files
# that others own.

# Sets TEXT to a file's content, trailing newlines included.
read_text() {
  TEXT=$(cat "$1" && printf .) || return
  TEXT=${TEXT%.}
}

word_in_force() {
  local line=
  IFS= read -r line <"$ROOT$NAME" || :
  has_word "$line" "$BODY"
}

block_in_force() {
  local rest
  in_manifest && [ -e "$ROOT$NAME" ] && read_text "$ROOT$NAME" || return
  contains "$NL$TEXT" "$NL$OPENING$NL$BODY$NL$CLOSING$NL" || return
  # A block that occurs twice is not in force.
  rest=$NL${TEXT#*"$OPENING$NL"}
  ! has_line "$rest" "$OPENING"
}

# KIND NOTE: sets TEXT to the text without our word or block.
without_edit() {
  local line before after
  case $1 in
    word)
      line=${TEXT%%"$NL"*}
      line=${line%"$CR"}
      has_word "$line" "$2" || return 0
      after=" $line "
      before=${after%%" $2 "*}
      after=${after#"$before $2"}
      after=${after% }
      TEXT=${before# }$after${TEXT#"$line"}
      ;;
    block)
      while contains "$NL$TEXT" "$NL$OPENING$NL"; do
        before=$NL$TEXT
        after=${before#*"$NL$OPENING$NL"}
        before=${before%%"$NL$OPENING$NL"*}$NL
        before=${before#"$NL"}
        case $NL$after in
          *"$NL$CLOSING$NL"*)
            after=$NL$after
            after=${after#*"$NL$CLOSING$NL"}
            ;;
          *"$NL$CLOSING") after= ;;
          # When the closing line is missing, the lines after the opening one may belong to something else.
          *) ;;
        esac
        if [ "$2" = nonl ] && [ -z "$after" ]; then before=${before%"$NL"}; fi
        TEXT=$before$after
      done
      ;;
  esac
}

# SOURCE: sets TEXT to the selected edit's file as it must be, and NOTE to what the manifest needs to take it back.
edited_text() {
  local line head tail
  TEXT=
  NOTE=-
  if [ -e "$1" ]; then
    read_text "$1" || return
    [ "$(wc -c <"$1")" -eq ${#TEXT} ] ||
      fail "$NAME" "has NUL bytes" "must be a text file" "look at the file, it may be damaged"
  else
    NOTE=made
  fi
  if [ "$KIND" = word ]; then
    NOTE=$BODY
    line=${TEXT%%"$NL"*}
    line=${line%"$CR"}
    ! has_word "$line" "$BODY" || return 0
    case $line in
      # A block in a file that was empty: the word's line comes before it.
      "# >>> ecs-anywhere-hybrid "*) TEXT=" $BODY$NL$TEXT" ;;
      *) TEXT="$line $BODY${TEXT#"$line"}" ;;
    esac
    return
  fi
  in_manifest || :
  without_edit block "$NOTE"
  if [ -n "$BELOW" ]; then
    head=$NL$TEXT
    tail=${head#*"$NL$BELOW$NL"}
    [ "$tail" != "$head" ] || fail "$NAME" "has no line $BELOW" "must have this line" "write it as it was"
    TEXT=${head%%"$NL$BELOW$NL"*}$NL$BELOW$NL$OPENING$NL$BODY$NL$CLOSING$NL$tail
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

word_restore() {
  restore_edit word "$1" "$2"
}
block_restore() {
  restore_edit block "$1" "$2"
}

# KIND PATH NOTE
restore_edit() {
  local had
  temporary_of "$ROOT$2"
  remove_file "$TEMPORARY"
  [ -e "$ROOT$2" ] || return 0
  read_text "$ROOT$2" || return
  had=$TEXT
  without_edit "$1" "$3"
  [ "$TEXT" != "$had" ] || return 0
  if [ "$1$3$TEXT" = blockmade ]; then
    rm -f "$ROOT$2"
    return
  fi
  mkdir -p "$STATE/edit" && cp -a "$ROOT$2" "$STATE/edit/text" && printf '%s' "$TEXT" >"$STATE/edit/text" &&
    replace_file "$STATE/edit/text" "$ROOT$2"
}
