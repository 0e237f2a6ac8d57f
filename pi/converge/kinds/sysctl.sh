# The converge program: settings of the kernel. A template is "UNIT PATTERN", a note "UNIT PATH=VALUE…" with what the
# running kernel had before, both below /proc/sys. While UNIT runs it needs the setting, which then stays; "-": none does.
# A file of the step, beside these items, applies the settings at each boot.

SYSCTL_FILE=$ROOT/etc/sysctl.d/90-ecs-anywhere-hybrid-$STEP.conf

sysctl_in_force() {
  local setting value
  # shellcheck disable=SC2231 # A pattern.
  for setting in "$ROOT/proc/sys/"${ITEM_MODE#* }; do
    [ -e "$setting" ] || continue
    value=
    read -r value <"$setting" || :
    [ "$value" = "$BODY" ] || return 1
  done
}

sysctl_note() {
  local setting word value
  NOTE=${2%% *}
  for word in ${2#* }; do
    # shellcheck disable=SC2231
    for setting in "$ROOT/proc/sys/"${word%%=*}; do
      [ -e "$setting" ] || continue
      value=
      read -r value <"$setting" || :
      NOTE="$NOTE ${setting#"$ROOT/proc/sys/"}=$value"
    done
  done
}

sysctl_bring() {
  local setting
  # shellcheck disable=SC2231
  for setting in "$ROOT/proc/sys/"${ITEM_MODE#* }; do
    [ -e "$setting" ] || continue
    printf '%s\n' "$BODY" >"$setting" ||
      fail "$NAME" "cannot be set" "must be $BODY" "look at what keeps the kernel from it"
  done
}

# A file of another owner, or a unit that needs the setting, takes precedence.
sysctl_restore() {
  local word setting value
  if ! grep -qsF "$1 = " "$SYSCTL_FILE"; then
    case $2 in
      -*) ;;
      *) ! systemctl --quiet is-active "${2%% *}" || return 0 ;;
    esac
  fi
  for word in ${2#* }; do
    setting=$ROOT/proc/sys/${word%%=*}
    [ -e "$setting" ] || continue
    value=${word#*=}
    if ! grep -qsF "$1 = " "$SYSCTL_FILE"; then set_by_others "${word%%=*}"; fi
    printf '%s\n' "$value" >"$setting" || echo "$setting cannot be set back to $value"
  done
}

# PATH: sets `value` to what the files of others say, if they do.
set_by_others() {
  local found
  found=$(cat "$ROOT"/usr/lib/sysctl.d/*.conf "$ROOT"/usr/local/lib/sysctl.d/*.conf "$ROOT"/run/sysctl.d/*.conf \
    "$ROOT"/etc/sysctl.d/*.conf "$ROOT/etc/sysctl.conf" 2>/dev/null |
    sed -n 's/^[ 	]*-\{0,1\}\([^#;= 	]*\)[ 	]*=[ 	]*\(.*[^ 	]\)[ 	]*$/\1=\2/p' | tr . / |
    while IFS='=' read -r key setting; do [ "$key" != "$1" ] || printf '%s\n' "$setting"; done | tail -n 1)
  [ -z "$found" ] || value=$found
}

sysctl_rule() {
  NOTE="another value"
  RULE="must be $BODY"
  REMEDY="look for what sets it on the host"
}
