# The converge program, 3 of 7: putting things in place, and back.

# OWNER FILE…: makes the folders above the files, and remembers first which.
make_folders() {
  _owner=$1
  shift
  _missing=$NL
  for _file; do
    _chain=
    _folder=${_file%/*}
    while [ -n "$_folder" ] && [ ! -d "$ROOT$_folder" ]; do
      case $_missing in *"$NL$_folder$NL"*) break ;; esac
      _chain=$_folder$NL$_chain
      _folder=${_folder%/*}
    done
    _missing=$_missing$_chain
  done
  [ "$_missing" != "$NL" ] || return 0
  _known=$NL
  [ ! -e "$STATE/dirs" ] || while IFS= read -r _folder; do _known=$_known$_folder$NL; done <"$STATE/dirs"
  _new=
  set --
  while IFS= read -r _folder; do
    [ -n "$_folder" ] || continue
    set -- "$@" "$ROOT$_folder"
    case $_known in *"$NL$_folder$NL"*) ;; *) _new=$_new$_folder$NL ;; esac
  done <<END
$_missing
END
  [ -z "$_new" ] || { printf '%s' "$_new" >>"$STATE/dirs" && durable "$STATE/dirs"; } || return
  if [ -n "$_owner" ]; then
    mkdir -m 700 "$@" && chown "$_owner:" "$@"
  else
    mkdir -m 755 "$@"
  fi
}

# Takes away the folders that were made here, as far as nobody uses them.
remove_folders() {
  [ -e "$STATE/dirs" ] || return 0
  set --
  while IFS= read -r _folder; do
    [ ! -d "$ROOT$_folder" ] || set -- "$ROOT$_folder" "$@"
  done <"$STATE/dirs"
  # It goes on after one that is not empty.
  [ $# = 0 ] || rmdir "$@" 2>/dev/null || :
}

exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

# PATH: takes a file away; most are not there, which costs no process.
remove() {
  ! exists "$1" || rm -f "$1"
}

temporary_of() {
  TEMPORARY=${1%/*}/.${1##*/}.ecs-anywhere-hybrid
}

# SOURCE TARGET: a finished copy takes the target's place at once, or not at all.
put() {
  temporary_of "$2"
  remove "$TEMPORARY" && cp -a "$1" "$TEMPORARY" && { [ -L "$TEMPORARY" ] || durable "$TEMPORARY"; } &&
    mv -fT "$TEMPORARY" "$2" && durable "${2%/*}"
}

# Puts everything that is staged in place, and takes away what the step no longer declares. However many files: they wait
# for the disk twice, before the first takes its place and after the last did.
place() {
  while IFS=$TAB read -r _kind _path _note; do
    [ -z "$_path" ] || give_back "$_kind" "$_path" "$_note" || return
  done <<END
$DROPPED
END
  stage_edits_again && place_folders || return
  set --
  _targets=$NL
  _folders=$NL
  for _i in $DIFFERENT; do
    select_item "$_i"
    case $_targets in *"$NL$FILE$NL"*) continue ;; esac
    _targets=$_targets$FILE$NL
    case $_folders in *"$NL${FILE%/*}$NL"*) ;; *) _folders=$_folders${FILE%/*}$NL ;; esac
    temporary_of "$ROOT$FILE"
    remove "$TEMPORARY" || return
    if [ "$KIND" = file ]; then
      install -m "$FILE_MODE" "$STAGE$FILE" "$TEMPORARY" || return
    else
      cp -a "$STAGE$FILE" "$TEMPORARY" || return
    fi
    set -- "$@" "$TEMPORARY"
  done
  [ $# != 0 ] || return 0
  durable "$@" || return
  set --
  while IFS= read -r _path; do
    [ -n "$_path" ] || continue
    temporary_of "$ROOT$_path"
    mv -fT "$TEMPORARY" "$ROOT$_path" || return
  done <<END
$_targets
END
  while IFS= read -r _path; do
    [ -z "$_path" ] || set -- "$@" "$ROOT$_path"
  done <<END
$_folders
END
  durable "$@"
}

# What `give_back` changed since, and another edit of the same file, must both be in it.
stage_edits_again() {
  _edits=
  set --
  for _i in $DIFFERENT; do
    select_item "$_i"
    [ "$KIND" != file ] || continue
    _edits="$_edits $_i"
    set -- "$@" "$STAGE$FILE"
  done
  [ $# = 0 ] || rm -f "$@" || return
  for _i in $_edits; do
    stage_item "$_i" || return
  done
}

place_folders() {
  set --
  for _i in $DIFFERENT; do
    select_item "$_i"
    [ -n "$OWNER" ] || set -- "$@" "$FILE"
  done
  make_folders "" "$@" || return
  for _i in $DIFFERENT; do
    select_item "$_i"
    [ -z "$OWNER" ] || make_folders "$OWNER" "$FILE" || return
  done
}

# AREA PATH: keeps a copy of what stands at the path, with mode and owner, under $STATE/AREA.
keep() {
  discard "$1" "$2" && { [ -d "$STATE/$1${2%/*}" ] || mkdir -p "$STATE/$1${2%/*}"; } &&
    cp -a "$ROOT$2" "$STATE/$1$2" || return
  [ -L "$STATE/$1$2" ] || durable "$STATE/$1$2"
}

# AREA PATH: takes away what `keep` left of an earlier run.
discard() {
  ! exists "$STATE/$1$2" || rm -rf "${STATE:?}/$1$2"
}

# KIND PATH NOTE: undoes one line of the manifest. Again and again to the same end.
give_back() {
  temporary_of "$ROOT$2"
  remove "$TEMPORARY"
  if [ "$1" = file ]; then
    if exists "$STATE/orig$2"; then
      make_folders "" "$2" && put "$STATE/orig$2" "$ROOT$2"
    else
      remove "$ROOT$2"
    fi
    return
  fi
  [ -e "$ROOT$2" ] || return 0
  read_text "$ROOT$2" || return
  _had=$TEXT
  without_edit "$1" "$3"
  [ "$TEXT" != "$_had" ] || return 0
  if [ "$1$3$TEXT" = blockmade ]; then
    rm -f "$ROOT$2"
    return
  fi
  mkdir -p "$STATE/edit" && cp -a "$ROOT$2" "$STATE/edit/text" && printf '%s' "$TEXT" >"$STATE/edit/text" &&
    put "$STATE/edit/text" "$ROOT$2"
}
