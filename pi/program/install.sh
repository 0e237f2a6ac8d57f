# Root's half of the step `program`: keeps two copies of the uploaded program that only root can write, and notes its SHA-256.
# shellcheck disable=SC2153,SC2154 # ROOT, SHA256 and LOGIN are set above.
set -eu
umask 022
own=$ROOT/usr/local/lib/ecs-anywhere-hybrid
state=$ROOT/var/lib/ecs-anywhere-hybrid
note=$ROOT/etc/ecs-anywhere-hybrid
upload=$ROOT$(getent passwd "$LOGIN" | cut -d : -f 6)/.ecs-anywhere-hybrid

# Sets SUM to a file's SHA-256; empty where there is no such file.
sum_of() {
  SUM=
  [ ! -e "$1" ] || SUM=$(sha256sum <"$1")
  SUM=${SUM%% *}
}

# Whether both copies are the program that was installed last.
is_whole() {
  noted=$(cat "$note/program.sha256" 2>/dev/null) || return
  for _file in "$own/program" "$state/program"; do
    sum_of "$_file"
    [ "$SUM" = "$noted" ] || return
  done
}

# SOURCE TARGET: the finished copy takes the target's place at once, or not at all.
put() {
  cp "$1" "${2%/*}/.program"
  sync "${2%/*}/.program"
  mv -f "${2%/*}/.program" "$2"
  sync "${2%/*}"
}

answer() {
  printf '{"step":"program","changed":[%s],"facts":{}}\n' "$1"
}

converge() {
  if is_whole && [ "$noted" = "$SHA256" ]; then
    answer ""
    return
  fi
  mkdir -p "$own" "$note"
  (umask 077 && mkdir -p "$state")
  # The check reads the copy, which only root can write, and not the upload, which the user can write.
  [ ! -e "$upload" ] || cp "$upload" "$own/.upload"
  sum_of "$own/.upload"
  if [ "$SUM" != "$SHA256" ]; then
    rm -f "$own/.upload"
    printf '%s\n' "program: SHA-256 of $upload: ${SUM:-missing}: must be $SHA256; raise site.converge by one, then run again" >&2
    exit 1
  fi
  chmod 644 "$own/.upload"
  put "$own/.upload" "$state/program"
  put "$own/.upload" "$own/program"
  rm -f "$own/.upload"
  printf '%s\n' "$SHA256" >"$note/.program"
  mv -f "$note/.program" "$note/program.sha256"
  answer '"/usr/local/lib/ecs-anywhere-hybrid/program"'
}

check() {
  if is_whole; then answer ""; else answer '"/usr/local/lib/ecs-anywhere-hybrid/program"'; fi
}

# The steps of another stack may still need it.
undo() {
  if [ -n "$(find "$state" -mindepth 1 -maxdepth 1 -type d ! -name automation-key 2>/dev/null)" ]; then
    printf '%s\n' "program: stays, for the steps in $state" >&2
    # Nothing else removes the upload of this user; root's copies suffice.
    sum_of "$upload"
    if [ "$SUM" = "$SHA256" ] && is_whole; then rm -f "$upload"; fi
    answer ""
    return
  fi
  # With what a killed run left.
  rm -f "$own/.upload" "$own/.program" "$state/.program" "$note/.program"
  rm -f "$own/program" "$state/program" "$note/program.sha256" "$upload"
  for _folder in "$own" "$state" "$note"; do
    [ ! -d "$_folder" ] || rmdir "$_folder" 2>/dev/null || :
  done
  answer ""
}

main() {
  case $1 in
    converge | check | undo) "$1" ;;
    *) exit 1 ;;
  esac
}

main "$@" </dev/null
