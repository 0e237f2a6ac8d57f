# The converge program, 3 of 7: putting things in place, and back.

# FILE [OWNER]: makes the folders above it and remembers which.
make_folders() {
  _missing=
  _folder=${1%/*}
  while [ -n "$_folder" ] && [ ! -d "$ROOT$_folder" ]; do
    _missing=$_folder$NL$_missing
    _folder=${_folder%/*}
  done
  while IFS= read -r _folder; do
    [ -n "$_folder" ] || continue
    grep -qxF -e "$_folder" "$STATE/dirs" 2>/dev/null ||
      { printf '%s\n' "$_folder" >>"$STATE/dirs" && durable "$STATE/dirs"; } || return
    if [ -n "${2-}" ]; then
      mkdir -m 700 "$ROOT$_folder" && chown "$2:" "$ROOT$_folder" || return
    else
      mkdir -m 755 "$ROOT$_folder" || return
    fi
  done <<END
$_missing
END
}

# Takes away the folders that were made here, as far as nobody uses them.
remove_folders() {
  [ -e "$STATE/dirs" ] || return 0
  _reversed=
  while IFS= read -r _folder; do
    _reversed=$_folder$NL$_reversed
  done <"$STATE/dirs"
  while IFS= read -r _folder; do
    [ -z "$_folder" ] || [ ! -d "$ROOT$_folder" ] || rmdir "$ROOT$_folder" 2>/dev/null || :
  done <<END
$_reversed
END
}

temporary_of() {
  TEMPORARY=${1%/*}/.${1##*/}.ecs-anywhere-hybrid
}

# SOURCE TARGET: a finished copy takes the target's place at once, or not at all.
put() {
  temporary_of "$2"
  rm -f "$TEMPORARY" && cp -a "$1" "$TEMPORARY" && { [ -L "$TEMPORARY" ] || durable "$TEMPORARY"; } &&
    mv -fT "$TEMPORARY" "$2" && durable "${2%/*}"
}

# AREA PATH: keeps a copy of what stands at the path, with mode and owner, under $STATE/AREA.
keep() {
  mkdir -p "$STATE/$1${2%/*}" && rm -rf "${STATE:?}/$1$2" && cp -a "$ROOT$2" "$STATE/$1$2" || return
  [ -L "$STATE/$1$2" ] || durable "$STATE/$1$2"
}

exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

# KIND PATH NOTE: undoes one line of the manifest. Again and again to the same end.
give_back() {
  temporary_of "$ROOT$2"
  rm -f "$TEMPORARY"
  if [ "$1" = file ]; then
    if exists "$STATE/orig$2"; then
      make_folders "$2" && put "$STATE/orig$2" "$ROOT$2"
    else
      rm -f "$ROOT$2"
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
