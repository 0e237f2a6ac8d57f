# The converge program: packages, with apt. A line of the manifest names a package that was not on the host before,
# with its note those declared ones that it came for; $STATE/packages names those that a script of the step had installed.

APT_WAIT=300

# The package-source step's: with it no other source counts, not even for AWS's installer.
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

# COMMAND…: runs apt, and says clearly what stops it. Sets _output and _status.
apt_or_fail() {
  patiently "apt-get $1" apt -y "$@"
}

# NAME COMMAND…: waits while another process has apt or dpkg locked, and says so when it takes long.
patiently() {
  local what="$1" tries=$((APT_WAIT / 5)) holder
  shift
  while :; do
    _status=0
    _output=$("$@" 2>&1) || _status=$?
    [ "$_status" != 0 ] || return 0
    case $_output in
      *lists/lock*"is held by process"* | *"locked by another process"*)
        # apt itself waits for dpkg's lock only, and dpkg for none.
        tries=$((tries - 1))
        if [ "$tries" -gt 0 ]; then
          sleep 5
          continue
        fi
        ;;
    esac
    break
  done
  case $_output in
    *"is held by process"* | *"locked by another process"*)
      holder=${_output##*is held by process }
      # Older versions of dpkg do not name it.
      holder=${holder##*locked by another process}
      holder=${holder#* with pid }
      fail apt "locked by process ${holder%%"$NL"*}" "must be free within $APT_WAIT s" \
        "wait for that process or end it, then run again"
      ;;
    *"No space left on device"* | *"enough free space"*)
      fail "disk space" "$what has too little" "must hold the packages" \
        "free some space, then run again; it printed:$NL$_output"
      ;;
  esac
  return "$_status"
}

# Sets _missing to those of the names that are not installed.
missing_packages() {
  local states name
  # It fails when it does not know one of them.
  states=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || :
  _missing=
  for name; do
    has_line "$states" "$name installed" || _missing="$_missing $name"
  done
}

# Fails unless the disk holds what apt says it needs, in units of 1000 as apt counts.
packages_fit() {
  local need folder free
  need=$(printf '%s\n' "$1" | awk '
    function bytes(number, unit) {
      gsub(",", "", number)
      return number * (unit ~ /^GB/ ? 1e9 : unit ~ /^MB/ ? 1e6 : unit ~ /^kB/ ? 1e3 : 1)
    }
    /^Need to get/ { total += bytes($4, $5) }
    /additional disk space will be used/ { total += bytes($4, $5) }
    END { printf "%d", total / 1024 + 51200 }')
  for folder in "$ROOT/usr" "$ROOT/var"; do
    [ -d "$folder" ] || continue
    free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$need" ] ||
      fail "disk space for$2" "$free KiB free on $folder" "must be at least $need KiB" "free some space, then run again"
  done
}

# Whether the package is there, or ours (`verify` notices when somebody removed it), or not needed: no process for most.
package_in_force() {
  in_manifest || package_is_unneeded || is_installed "$NAME"
}

# Goes by the lines of its BODY: commands, units and paths, of which one suffices.
package_is_unneeded() {
  local provider
  while IFS= read -r provider; do
    case $provider in
      '') ;;
      /*) [ ! -e "$ROOT$provider" ] || return 0 ;;
      *.service | *.socket) ! systemctl cat "$provider" >/dev/null 2>&1 || return 0 ;;
      *) ! command -v "$provider" >/dev/null || return 0 ;;
    esac
  done <<END
$BODY
END
  return 1
}

is_installed() {
  missing_packages "$1"
  [ -z "$_missing" ]
}

# NAME NOTE: whether the step still declares it, or what it came for.
package_is_declared() {
  local wanted
  if has_word "$2" "$1"; then
    has_line "$KEYS" "package$TAB$1"
    return
  fi
  for wanted in $2; do
    ! has_line "$KEYS" "package$TAB$wanted" || return 0
  done
  return 1
}

# Brings the declared packages that are not there, in as few runs of apt as the conditions allow.
bring_packages() {
  local i=0 together=
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    [ "$KIND" = package ] || continue
    if [ -n "$BODY" ]; then
      # An earlier package may have brought what makes this one unnecessary.
      # shellcheck disable=SC2086 # A list of words.
      [ -z "$together" ] || install_noted note_packages $together
      together=
      select_item "$i"
      package_is_unneeded && continue
    fi
    together="$together $NAME"
  done
  # shellcheck disable=SC2086
  [ -z "$together" ] || install_noted note_packages $together
}

# NAMES FOR: in the manifest.
note_packages() {
  local name lines=
  while IFS= read -r name; do
    [ -z "$name" ] || noted package "$name" || lines=${lines}package$TAB$name$TAB${2# }$NL
  done <<END
$1
END
  [ -z "$lines" ] || extend_manifest "$lines"
}

# NAMES FOR: for those that a script asked for.
note_script_packages() {
  printf '%s\n' "$1" >>"$STATE/packages" && durable "$STATE/packages"
}

install_packages() {
  install_noted note_script_packages "$@"
}

# Reads apt's plan; the only place that does. Sets PLAN_NEW to the packages that are not there before,
# PLAN_REMOVED to those that would go; `Inst NAME [old] (…)` is an upgrade.
read_plan() {
  PLAN_NEW=$(printf '%s\n' "$1" | sed -n 's/^Inst \([^ ]*\) (.*/\1/p')
  PLAN_REMOVED=$(printf '%s\n' "$1" | sed -n -e 's/^Remv \([^ ]*\) .*/\1/p' -e 's/^Purg \([^ ]*\) .*/\1/p')
}

# FUNCTION NAME…: installs those that are missing; the function notes what comes, before the first one is unpacked, so that
# a kill forgets none.
install_noted() {
  local note="$1" plan sources
  shift
  missing_packages "$@"
  [ -n "$_missing" ] || return 0
  command -v apt-get >/dev/null ||
    fail "package manager" "no apt-get" "must be Debian, Raspberry Pi OS or Ubuntu" "use one of these systems"
  say "installs$_missing"
  # A killed run may have left dpkg in the middle of its work. Another dpkg at work looks the same.
  if [ -n "$(ls "$ROOT/var/lib/dpkg/updates" 2>/dev/null)" ] || [ -n "$(dpkg --audit 2>/dev/null)" ]; then
    patiently "dpkg --configure" dpkg --force-confdef --force-confold --configure -a ||
      fail_status "dpkg --configure -a" "$_status" "$_output"
  fi
  sources="the host's package sources"
  [ ! -e "$ROOT$APT_SOURCES" ] || sources="what site.packages names"
  # The package lists may be old or empty: a failure is tried once more with new ones.
  # shellcheck disable=SC2086 # A list of words.
  if ! plan=$(apt -s install $_missing 2>&1); then
    apt_or_fail update || fail_status "apt-get update" "$_status" "$_output"
    plan=$(apt -s install $_missing 2>&1) ||
      fail "packages$_missing" "not available" "must be in $sources" "look at what apt-get printed:$NL$plan"
  fi
  read_plan "$plan"
  # shellcheck disable=SC2086
  packages_fit "$(apt --assume-no install $_missing 2>/dev/null)" "$_missing"
  "$note" "$PLAN_NEW" "$_missing"
  # shellcheck disable=SC2086
  apt_or_fail install $_missing && return 0
  apt_or_fail update || fail_status "apt-get update" "$_status" "$_output"
  # shellcheck disable=SC2086
  apt_or_fail install $_missing || fail_status "apt-get install$_missing" "$_status" "$_output"
}

# Removes what `install_packages` brought, except what something else on the host needs by now.
remove_packages() {
  local name
  [ -e "$STATE/packages" ] || return 0
  if [ -n "${ROLLING_BACK-}" ]; then
    say "the installed packages stay; they go when the step is undone"
    return 0
  fi
  set --
  while IFS= read -r name; do set -- "$@" "$name"; done <"$STATE/packages"
  purge "$@"
  rm -f "$STATE/packages"
}

# By the lines of FORMER: the packages, and what they leave behind.
restore_packages() {
  local names=
  for_each_line "$FORMER" package add_package_name
  # shellcheck disable=SC2086 # A list of words.
  [ -z "$names" ] || purge $names
  for_each_line "$FORMER" user user_restore
  for_each_line "$FORMER" group group_restore
  for_each_line "$FORMER" folder folder_restore
}
add_package_name() {
  names="$names $1"
}

# NAME: whether it was ours and has gone.
package_went() {
  local NOTE
  noted package "$1" && ! is_installed "$1"
}

# NAME…: purges those that nothing but they themselves needs.
purge() {
  local name names='' others free=
  missing_packages "$@"
  for name; do
    has_word "$names $_missing" "$name" || noted_by_another "$name" || names="$names $name"
  done
  [ -n "$names" ] || return 0
  # shellcheck disable=SC2086
  others=$(purged_besides "$names" $names)
  if [ -n "$others" ]; then
    say "keeps what these need: $others"
    for name in $names; do
      [ -n "$(purged_besides "$names" "$name")" ] || free="$free $name"
    done
    names=$free
  fi
  [ -n "$names" ] || return 0
  # shellcheck disable=SC2086
  apt_or_fail purge $names || fail_status "apt-get purge$names" "$_status" "$_output"
}

# LIST NAME…: what purging the names would remove besides those of the list.
purged_besides() {
  local list="$1" name
  shift
  read_plan "$(apt -s purge "$@")"
  for name in $PLAN_REMOVED; do
    has_word "$list" "$name" || printf '%s ' "$name"
  done
}
