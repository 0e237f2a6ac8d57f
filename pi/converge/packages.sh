# The converge program, 6 of 7: packages, with apt. $STATE/packages names what was not on the host before.

APT_WAIT=300

# The package-source step's: with it no other source counts, for AWS's installer neither.
APT_SOURCES=/etc/ecs-anywhere-hybrid/apt/apt.conf
use_apt_sources() {
  APT_CONFIG=$ROOT$APT_SOURCES
  export APT_CONFIG
}
[ ! -e "$ROOT$APT_SOURCES" ] || use_apt_sources

apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -q --no-install-recommends -o "DPkg::Lock::Timeout=$APT_WAIT" \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# COMMAND…: apt, with clear words for what stops it. Sets _output and _status.
apt_or_fail() {
  patiently "apt-get $1" apt -y "$@"
}

# NAME COMMAND…: waits for another process that has apt or dpkg locked, and says it where that lasts.
patiently() {
  _what=$1
  shift
  _tries=$((APT_WAIT / 5))
  while :; do
    _status=0
    _output=$("$@" 2>&1) || _status=$?
    [ "$_status" != 0 ] || return 0
    case $_output in
      *lists/lock*"is held by process"* | *"locked by another process"*)
        # apt itself waits for dpkg's lock only, and dpkg for none.
        _tries=$((_tries - 1))
        if [ "$_tries" -gt 0 ]; then
          sleep 5
          continue
        fi
        ;;
    esac
    break
  done
  case $_output in
    *"is held by process"* | *"locked by another process"*)
      _holder=${_output##*is held by process }
      # Older dpkgs do not say which.
      _holder=${_holder##*locked by another process}
      _holder=${_holder#* with pid }
      fail apt "locked by process ${_holder%%"$NL"*}" "must be free within $APT_WAIT s" \
        "wait for that process or end it, then run again"
      ;;
    *"No space left on device"* | *"enough free space"*)
      fail "disk space" "$_what has too little" "must hold the packages" \
        "free some space, then run again; it printed:$NL$_output"
      ;;
  esac
  return "$_status"
}

# Sets _missing to those of the names that are not installed.
missing_packages() {
  # It fails when it does not know one of them.
  _states=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || :
  _states=$NL$_states$NL
  _missing=
  for _name; do
    case $_states in *"$NL$_name installed$NL"*) ;; *) _missing="$_missing $_name" ;; esac
  done
}

# Fails unless the disk holds what apt says it needs, in units of 1000 as apt counts.
packages_fit() {
  _need=$(printf '%s\n' "$1" | awk '
    function bytes(number, unit) {
      gsub(",", "", number)
      return number * (unit ~ /^GB/ ? 1e9 : unit ~ /^MB/ ? 1e6 : unit ~ /^kB/ ? 1e3 : 1)
    }
    /^Need to get/ { total += bytes($4, $5) }
    /additional disk space will be used/ { total += bytes($4, $5) }
    END { printf "%d", total / 1024 + 51200 }')
  for _folder in "$ROOT/usr" "$ROOT/var"; do
    [ -d "$_folder" ] || continue
    _free=$(df -Pk "$_folder" | awk 'NR == 2 { print $4 }')
    [ "$_free" -ge "$_need" ] ||
      fail "disk space for$2" "$_free KiB free on $_folder" "must be at least $_need KiB" \
        "free some space, then run again"
  done
}

install_packages() {
  missing_packages "$@"
  [ -n "$_missing" ] || return 0
  command -v apt-get >/dev/null ||
    fail "package manager" "no apt-get" "must be Debian, Raspberry Pi OS or Ubuntu" "use one of these systems"
  say "installs$_missing"
  # A run that was killed may have left dpkg in the middle; so it looks, too, while another dpkg is at work.
  if [ -n "$(ls "$ROOT/var/lib/dpkg/updates" 2>/dev/null)" ] || [ -n "$(dpkg --audit 2>/dev/null)" ]; then
    patiently "dpkg --configure" dpkg --force-confdef --force-confold --configure -a ||
      fail "dpkg --configure -a" "exit status $_status" "must be 0" "it printed:$NL$_output"
  fi
  _sources="the host's package sources"
  [ ! -e "$ROOT$APT_SOURCES" ] || _sources="what site.packages names"
  # The lists may be old or empty: what fails is tried once more with new ones.
  # shellcheck disable=SC2086 # A list of words.
  if ! _plan=$(apt -s install $_missing 2>&1); then
    apt_or_fail update || fail "apt-get update" "exit status $_status" "must be 0" "it printed:$NL$_output"
    _plan=$(apt -s install $_missing 2>&1) ||
      fail "packages$_missing" "not to be had" "must be in $_sources" "apt-get printed:$NL$_plan"
  fi
  # shellcheck disable=SC2086
  packages_fit "$(apt --assume-no install $_missing 2>/dev/null)" "$_missing"
  # Before the first one is unpacked, so that a kill forgets none. `Inst NAME [old] (…)` would be an upgrade.
  printf '%s\n' "$_plan" | sed -n 's/^Inst \([^ ]*\) (.*/\1/p' >>"$STATE/packages"
  durable "$STATE/packages"
  # shellcheck disable=SC2086
  apt_or_fail install $_missing && return 0
  apt_or_fail update || fail "apt-get update" "exit status $_status" "must be 0" "it printed:$NL$_output"
  # shellcheck disable=SC2086
  apt_or_fail install $_missing ||
    fail "apt-get install$_missing" "exit status $_status" "must be 0" "it printed:$NL$_output"
}

# Removes what `install_packages` brought, but nothing that something else on the host has come to need.
remove_packages() {
  [ -e "$STATE/packages" ] || return 0
  if [ -n "${ROLLING_BACK-}" ]; then
    say "the installed packages stay; they go when the step is undone"
    return 0
  fi
  set --
  while IFS= read -r _name; do set -- "$@" "$_name"; done <"$STATE/packages"
  missing_packages "$@"
  _installed=
  for _name; do
    case " $_installed $_missing " in *" $_name "*) ;; *) _installed="$_installed $_name" ;; esac
  done
  if [ -n "$_installed" ]; then
    # shellcheck disable=SC2086
    _others=$(purged_besides "$_installed" $_installed)
    if [ -n "$_others" ]; then
      say "keeps what these need: $_others"
      _free=
      for _name in $_installed; do
        [ -n "$(purged_besides "$_installed" "$_name")" ] || _free="$_free $_name"
      done
      _installed=$_free
    fi
  fi
  if [ -n "$_installed" ]; then
    # shellcheck disable=SC2086
    apt_or_fail purge $_installed ||
      fail "apt-get purge$_installed" "exit status $_status" "must be 0" "it printed:$NL$_output"
  fi
  rm -f "$STATE/packages"
}

# LIST NAME…: what purging the names would take away besides those of the list.
purged_besides() {
  _list=$1
  shift
  apt -s purge "$@" | sed -n 's/^Purg \([^ ]*\) .*/\1/p' | while IFS= read -r _purged; do
    case "$_list " in *" $_purged "*) ;; *) printf '%s ' "$_purged" ;; esac
  done
}
