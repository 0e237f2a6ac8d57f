# The converge program: files that the step owns whole: comparing them, putting all texts in place, and restoring them.

# Sets DIFFERENT.
compare_texts() {
  local i=0
  set --
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    [ "$KIND" != file ] || set -- "$@" "$ROOT$NAME"
  done
  STATS=
  [ $# = 0 ] || STATS=$NL$(stat -c '%n|%a|%u|%s|%F' "$@" 2>/dev/null)$NL
  compare_contents
  DIFFERENT=
  i=0
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    case $KIND in file | word | block) "${KIND}_in_force" || DIFFERENT="$DIFFERENT $i" ;; esac
  done
}

# Sets SAME when all files that look the same are the same, as they mostly are: one process compares all of them.
compare_contents() {
  local i=0 want=
  set --
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    if [ "$KIND" = file ] && looks_same; then
      set -- "$@" "$ROOT$NAME"
      want=$want$BODY
    fi
  done
  SAME=
  [ $# = 0 ] || [ "$(cat "$@" && printf .)" != "$want." ] || SAME=yes
}

# By mode, owner, size and kind.
looks_same() {
  has_line "$STATS" "$ROOT$NAME|$ITEM_MODE|$ME|${#BODY}|regular file"
}

file_in_force() {
  local want
  looks_same || return
  [ -z "$SAME" ] || return 0
  want=$BODY
  # `$(…)` drops them as well; the size has shown how many there are.
  while :; do
    case $want in *"$NL") want=${want%"$NL"} ;; *) break ;; esac
  done
  [ "$(cat "$ROOT$NAME")" = "$want" ]
}

file_restore() {
  temporary_of "$ROOT$1"
  remove_file "$TEMPORARY"
  if exists "$STATE/orig$1"; then
    make_folders "" "$1" && replace_file "$STATE/orig$1" "$ROOT$1"
  else
    remove_file "$ROOT$1"
  fi
}

# OWNER FILE…: creates the folders above the files, and notes first which ones.
make_folders() {
  local owner="$1" missing="$NL" known="$NL" new='' file folder chain
  shift
  for file; do
    chain=
    folder=${file%/*}
    while [ -n "$folder" ] && [ ! -d "$ROOT$folder" ]; do
      ! has_line "$missing" "$folder" || break
      chain=$folder$NL$chain
      folder=${folder%/*}
    done
    missing=$missing$chain
  done
  [ "$missing" != "$NL" ] || return 0
  [ ! -e "$STATE/dirs" ] || while IFS= read -r folder; do known=$known$folder$NL; done <"$STATE/dirs"
  set --
  while IFS= read -r folder; do
    [ -n "$folder" ] || continue
    set -- "$@" "$ROOT$folder"
    has_line "$known" "$folder" || new=$new$folder$NL
  done <<END
$missing
END
  if [ -n "$new" ]; then
    printf '%s' "$new" >>"$STATE/dirs" && durable "$STATE/dirs" || return
  fi
  if [ -n "$owner" ]; then
    mkdir -m 700 "$@" && chown "$owner:" "$@"
  else
    mkdir -m 755 "$@"
  fi
}

# Removes the folders that were created here and are empty.
remove_folders() {
  local folder
  [ -e "$STATE/dirs" ] || return 0
  set --
  while IFS= read -r folder; do
    [ ! -d "$ROOT$folder" ] || set -- "$ROOT$folder" "$@"
  done <"$STATE/dirs"
  # rmdir continues after a folder that is not empty.
  [ $# = 0 ] || rmdir "$@" 2>/dev/null || :
}

exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

# PATH: most are not there, and then no process is started.
remove_file() {
  ! exists "$1" || rm -f "$1"
}

# Sets TEMPORARY.
temporary_of() {
  TEMPORARY=${1%/*}/.${1##*/}.ecs-anywhere-hybrid
}

# SOURCE TARGET: a finished copy takes the target's place at once, or not at all.
replace_file() {
  temporary_of "$2"
  remove_file "$TEMPORARY" && cp -a "$1" "$TEMPORARY" && { [ -L "$TEMPORARY" ] || durable "$TEMPORARY"; } &&
    mv -fT "$TEMPORARY" "$2" && durable "${2%/*}"
}

# Puts everything that is staged in place, and removes what the step no longer declares. However many files there are,
# it waits for the disk twice: before the first rename and after the last.
install_staged() {
  local i path targets="$NL" folders="$NL"
  for_each_line "$DROPPED" file file_restore || return
  for_each_line "$DROPPED" word word_restore || return
  for_each_line "$DROPPED" block block_restore || return
  stage_edits_again && make_item_folders || return
  set --
  for i in $DIFFERENT; do
    select_item "$i"
    ! has_line "$targets" "$NAME" || continue
    targets=$targets$NAME$NL
    has_line "$folders" "${NAME%/*}" || folders=$folders${NAME%/*}$NL
    temporary_of "$ROOT$NAME"
    remove_file "$TEMPORARY" || return
    if [ "$KIND" = file ]; then
      install -m "$ITEM_MODE" "$STAGE$NAME" "$TEMPORARY" || return
    else
      cp -a "$STAGE$NAME" "$TEMPORARY" || return
    fi
    set -- "$@" "$TEMPORARY"
  done
  [ $# != 0 ] || return 0
  durable "$@" || return
  set --
  while IFS= read -r path; do
    [ -n "$path" ] || continue
    temporary_of "$ROOT$path"
    mv -fT "$TEMPORARY" "$ROOT$path" || return
  done <<END
$targets
END
  while IFS= read -r path; do
    [ -z "$path" ] || set -- "$@" "$ROOT$path"
  done <<END
$folders
END
  durable "$@"
}

# What was restored since, and another edit of the same file, must both be in it.
stage_edits_again() {
  local i edits=
  set --
  for i in $DIFFERENT; do
    select_item "$i"
    [ "$KIND" != file ] || continue
    edits="$edits $i"
    set -- "$@" "$STAGE$NAME"
  done
  [ $# = 0 ] || rm -f "$@" || return
  for i in $edits; do
    stage_item "$i" || return
  done
}

make_item_folders() {
  local i
  set --
  for i in $DIFFERENT; do
    select_item "$i"
    [ -n "$ITEM_OWNER" ] || set -- "$@" "$NAME"
  done
  make_folders "" "$@" || return
  for i in $DIFFERENT; do
    select_item "$i"
    [ -z "$ITEM_OWNER" ] || make_folders "$ITEM_OWNER" "$NAME" || return
  done
}

# AREA PATH: keeps a copy of what is at the path, with mode and owner, under $STATE/AREA.
keep_copy() {
  drop_copy "$1" "$2" && { [ -d "$STATE/$1${2%/*}" ] || mkdir -p "$STATE/$1${2%/*}"; } &&
    cp -a "$ROOT$2" "$STATE/$1$2" || return
  [ -L "$STATE/$1$2" ] || durable "$STATE/$1$2"
}

# AREA PATH: removes what `keep_copy` left of an earlier run.
drop_copy() {
  ! exists "$STATE/$1$2" || rm -rf "${STATE:?}/$1$2"
}
