# The host's first step, complete in one file: no other program is there yet. Each change in it is sent to every
# host by a person's key.
# shellcheck disable=SC2153,SC2154 # ROOT, OWNER, LOGIN and KEY are set above.
set -eu
umask 077
opening="# >>> ecs-anywhere-hybrid automation-key"
closing="# <<< ecs-anywhere-hybrid automation-key"
line="restrict $KEY ecs-anywhere-hybrid"
base=$ROOT/var/lib/ecs-anywhere-hybrid
state=$base/automation-key

# FIELD VALUE RULE REMEDY
fail() {
  printf '%s\n' "automation-key: $1: $2: $3; $4" >&2
  exit 1
}

answer() {
  printf '{"step":"automation-key","changed":[%s],"facts":{}}\n' "${1:+\"$1\"}"
}

system_is_supported() {
  case $ID in
    debian | raspbian) [ "${VERSION_ID%%.*}" -ge 12 ] ;;
    ubuntu) [ "${VERSION_ID%%.*}" -ge 22 ] ;;
    *) false ;;
  esac
}

require_supported_system() {
  PRETTY_NAME=
  ID=
  VERSION_ID=
  # shellcheck disable=SC1091 # The host's.
  [ ! -e "$ROOT/etc/os-release" ] || . "$ROOT/etc/os-release"
  # Debian's testing has no number yet.
  VERSION_ID=${VERSION_ID:-99}
  system_is_supported ||
    fail "operating system" "${PRETTY_NAME:-unknown}" \
      "must be Raspberry Pi OS or Debian, 12 or newer, or Ubuntu, 22.04 or newer" "install one of these on the host"
  [ -d "$ROOT/run/systemd/system" ] ||
    fail "operating system" "$PRETTY_NAME without systemd" "must have been booted by systemd" "install systemd on the host"
}

# Sets KEYS to the user's file, FILE to its place where KEYS is a link, and COPY to what a killed run may have left beside it.
find_keys() {
  home=$(getent passwd "$LOGIN" | cut -d : -f 6) || :
  [ -n "$home" ] || fail user "$LOGIN" "must be a user of the host" "make the user, or name another one"
  KEYS=$home/.ssh/authorized_keys
  FILE=$ROOT$KEYS
  if [ -L "$FILE" ]; then FILE=$(readlink -f "$FILE"); fi
  COPY=${FILE%/*}/.authorized_keys.ecs-anywhere-hybrid
}

# Whether the key is this stack's, or was never noted as another's.
is_ours() {
  owner=$(cat "$state/owner" 2>/dev/null) || :
  [ -z "$OWNER" ] || [ -z "$owner" ] || [ "$owner" = "$OWNER" ]
}

is_in_force() {
  is_ours && [ -e "$FILE" ] && [ -e "$state/made" ] &&
    [ "$(sed -n "/^$opening\$/,/^$closing\$/p" "$FILE")" = "$opening
$line
$closing" ]
}

# Prints the file without our lines, even if the lines around them were changed.
others_keys() {
  sed -e "/^$opening\$/d" -e "/^$closing\$/d" -e '/^restrict .* ecs-anywhere-hybrid$/d' "$FILE"
}

# Text on stdin takes the file's place at once, or not at all; with the mode and the owner that the file has.
put() {
  rm -f "$COPY"
  if [ -e "$FILE" ]; then
    cp -a "$FILE" "$COPY"
    cat >"$COPY"
  else
    cat >"$COPY"
    chmod 600 "$COPY"
    chown "$LOGIN:" "$COPY"
  fi
  sync "$COPY"
  mv -f "$COPY" "$FILE"
  sync "${FILE%/*}"
}

# Notes what undo needs, before anything is changed: what was missing, and whether the last line had no newline.
note_what_is_missing() {
  [ ! -e "$state/made" ] || return 0
  mkdir -p "$state"
  {
    [ -d "${FILE%/*}" ] || echo folder
    [ -e "$FILE" ] || echo file
    [ ! -s "$FILE" ] || [ -z "$(tail -c 1 "$FILE")" ] || echo open-end
  } >"$state/.made"
  sync "$state/.made"
  mv "$state/.made" "$state/made"
}

was() {
  grep -qx "$1" "$state/made"
}

converge() {
  require_supported_system
  find_keys
  if is_in_force; then
    answer ""
    return
  fi
  note_what_is_missing
  printf '%s\n' "automation-key: changes $KEYS" >&2
  [ -d "${FILE%/*}" ] || mkdir -m 700 "${FILE%/*}"
  ! was folder || chown "$LOGIN:" "${FILE%/*}"
  {
    if [ -e "$FILE" ]; then
      others_keys
      [ -z "$(others_keys | tail -c 1)" ] || echo
    fi
    printf '%s\n' "$opening" "$line" "$closing"
  } >"$state/new"
  put <"$state/new"
  rm -f "$state/new"
  printf '%s\n' "$OWNER" >"$state/owner"
  answer "$KEYS"
}

check() {
  find_keys
  if is_in_force; then answer ""; else answer "$KEYS"; fi
}

undo() {
  if ! is_ours; then
    printf '%s\n' "automation-key: is the key of $owner: stays" >&2
    answer ""
    return
  fi
  if [ ! -e "$state/made" ]; then
    rm -rf "$state"
    rmdir "$base" 2>/dev/null || :
    answer ""
    return
  fi
  find_keys
  rm -f "$COPY"
  if [ -e "$FILE" ]; then
    last=$(tail -n 1 "$FILE")
    others_keys >"$state/new"
    if was file && [ ! -s "$state/new" ]; then
      rm -f "$FILE"
    elif was open-end && [ "$last" = "$closing" ]; then
      head -c -1 "$state/new" | put
    else
      put <"$state/new"
    fi
  fi
  ! was folder || rmdir "${FILE%/*}" 2>/dev/null || :
  rm -f "$state/made"
  rm -rf "$state"
  rmdir "$base" 2>/dev/null || :
  answer "$KEYS"
}

# One run at a time on a host; the lock of a killed run is free at once.
mkdir -p "$ROOT/run/ecs-anywhere-hybrid"
exec 9>>"$ROOT/run/ecs-anywhere-hybrid/lock"
flock -w 300 9 || fail lock "held for 300 s" "must be free within 300 s" "wait for the other run, then run again"

case $1 in
  converge | check | undo) "$1" ;;
  *) exit 1 ;;
esac
