# The converge program, 3 of 7: putting things in place, and back.

# FILE [OWNER]: makes the folders above it and remembers which.
make_folders() {
  _folder=${1%/*}
  _owner=${2-}
  set --
  while [ -n "$_folder" ] && [ ! -d "$ROOT$_folder" ]; do
    set -- "$ROOT$_folder" "$@"
    _folder=${_folder%/*}
  done
  [ $# != 0 ] || return 0
  _known=$NL
  [ ! -e "$STATE/dirs" ] || while IFS= read -r _folder; do _known=$_known$_folder$NL; done <"$STATE/dirs"
  _new=
  for _folder; do
    case $_known in *"$NL${_folder#"$ROOT"}$NL"*) ;; *) _new=$_new${_folder#"$ROOT"}$NL ;; esac
  done
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
      make_folders "$2" && put "$STATE/orig$2" "$ROOT$2"
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
