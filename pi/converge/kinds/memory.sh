# The converge program: what a removed package leaves behind (users, groups, folders), and facts about the host from
# before the step. They are noted at the step's first change, before its packages come, and bring nothing.

# NAME PACKAGE: what was there before is not ours.
user_note() {
  NOTE=
  getent passwd "$1" >/dev/null || NOTE=$2
}
group_note() {
  NOTE=
  getent group "$1" >/dev/null || NOTE=$2
}
folder_note() {
  NOTE=
  [ -e "$ROOT$1" ] || NOTE=$2
}

# NAME PACKAGE: removes nothing that a remaining package may still need.
user_restore() {
  package_went "$2" || return 0
  ! getent passwd "$1" >/dev/null || userdel "$1" || echo "user $1 cannot be removed"
}
group_restore() {
  package_went "$2" || return 0
  ! getent group "$1" >/dev/null || groupdel "$1" || echo "group $1 cannot be removed"
}
folder_restore() {
  package_went "$2" || return 0
  rm -rf "$ROOT${1:?}"
}

# NAME: keeps what the step's function before_NAME prints: lines without tabs.
memory_note() {
  NOTE=$(
    (
      trap - PIPE
      umask 022
      IN_STEP=1
      set -eu
      "before_$1"
    ) </dev/null 2>>"$LOG" 3>&- 5>&- 9>&-
  )
  RC=$?
  [ "$RC" = 0 ] || give_up "before_$1"
  # The colon keeps empty lines at the beginning, which `read` would drop.
  NOTE=$(printf '%s' "${NOTE:+:}${NOTE:--}" | tr '\n' '\t')
}

# For scripts: prints the fact of this name. Fails when none was kept: the step has changed nothing yet.
before() {
  local NOTE
  noted memory "$1" || return
  [ "$NOTE" = - ] || printf '%s\n' "${NOTE#:}" | tr '\t' '\n'
}

# KIND NAME: for scripts: whether it is there because of this step.
is_ours() {
  local NOTE
  noted "$1" "$2"
}
