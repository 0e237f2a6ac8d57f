# The converge program: units of systemd. A note is "ENABLED ACTIVE VERB": systemd's UnitFileState and ActiveState
# from before, each "-" where the step does not decide it, and how the unit follows its files: restart, reload or "-".
# The template says what is wanted: "enabled" or "disabled", "running" or "stopped".

# NAME…: sets UNIT_STATES to a line "NAME ENABLED ACTIVE" for each.
look_at_units() {
  local shown key value enabled='' active=
  UNIT_STATES=$NL
  [ $# != 0 ] || return 0
  shown=$(systemctl show -p UnitFileState -p ActiveState -- "$@" 2>/dev/null) || :
  while IFS='=' read -r key value; do
    case $key in
      UnitFileState) enabled=$value ;;
      ActiveState) active=$value ;;
      '')
        [ $# != 0 ] || continue
        UNIT_STATES="$UNIT_STATES$1 ${enabled:-none} ${active:-inactive}$NL"
        enabled=
        active=
        shift
        ;;
    esac
  done <<END
$shown

END
  for key; do UNIT_STATES="$UNIT_STATES$key none inactive$NL"; done
}

look_at_declared_units() {
  local i=0
  set --
  while [ "$i" -lt "$COUNT" ]; do
    i=$((i + 1))
    select_item "$i"
    [ "$KIND" != unit ] || set -- "$@" "$NAME"
  done
  look_at_units "$@"
}

# Adds to UNIT_STATES those that the step no longer declares.
look_at_dropped_units() {
  local declared="$UNIT_STATES" names=
  contains "$DROPPED_REST" "unit$TAB" || return 0
  for_each_line "$DROPPED_REST" unit add_unit_name
  # shellcheck disable=SC2086 # A unit's name has no blank.
  look_at_units $names
  UNIT_STATES=$declared${UNIT_STATES#"$NL"}
}
add_unit_name() {
  names="$names $1"
}

# NAME: sets ENABLED and ACTIVE.
select_unit() {
  local rest
  rest=${UNIT_STATES#*"$NL$1 "}
  rest=${rest%%"$NL"*}
  ENABLED=${rest% *}
  ACTIVE=${rest#* }
}

unit_in_force() {
  select_unit "$NAME"
  case ${ITEM_MODE%% *}/$ENABLED in
    enabled/enabled | -/*) ;;
    disabled/enabled | enabled/*) return 1 ;;
  esac
  case $ITEM_MODE/$ACTIVE in
    *" running "*/active | *" running "*/reloading) ;;
    *" stopped "*/inactive | *" stopped "*/failed) ;;
    *" - "*) ;;
    *) return 1 ;;
  esac
}

unit_note() {
  select_unit "$1"
  case $2 in -*) ENABLED=- ;; esac
  case $2 in *" - "*) ACTIVE=- ;; esac
  NOTE="$ENABLED $ACTIVE ${2##* }"
}

unit_bring() {
  select_unit "$NAME"
  touched || :
  case ${ITEM_MODE%% *}/$ENABLED in
    enabled/enabled) ;;
    enabled/*) run systemctl --quiet enable "$NAME" ;;
    disabled/enabled) run systemctl --quiet disable "$NAME" ;;
  esac
  case $ITEM_MODE in
    *" stopped "*) run systemctl stop "$NAME" ;;
    *" running "*)
      case $VERB in
        restart) run systemctl restart "$NAME" ;;
        reload) run systemctl reload-or-restart "$NAME" ;;
        *) run systemctl start "$NAME" ;;
      esac
      ;;
    *)
      case $VERB in
        restart) run systemctl try-restart "$NAME" ;;
        reload) run systemctl try-reload-or-restart "$NAME" ;;
      esac
      ;;
  esac
}

# While the unit's own file may still be there: what did not run stops, and what was not enabled is not.
unit_release() {
  case $2 in
    *" - "* | *" active "* | *" reloading "* | *" activating "*) ;;
    *)
      systemctl stop "$1" 2>/dev/null || :
      systemctl reset-failed "$1" 2>/dev/null || :
      ;;
  esac
  case $2 in
    enabled* | -*) ;;
    *) systemctl --quiet disable "$1" 2>/dev/null || :
  esac
}

# Once everything else is restored: what ran before starts again with it.
unit_restore() {
  local verb="${2##* }"
  case $2 in
    enabled*) systemctl --quiet enable "$1" 2>/dev/null || echo "$1 cannot be enabled again" ;;
  esac
  case $2 in
    *" - -") ;;
    *" - reload") systemctl try-reload-or-restart "$1" || echo "$1 does not reload" ;;
    *" - "*) systemctl try-restart "$1" || echo "$1 does not restart" ;;
    *" active "* | *" reloading "* | *" activating "*)
      case $verb in
        reload) verb=reload-or-restart ;;
        -) verb=start ;;
      esac
      systemctl "$verb" "$1" || echo "$1 does not run again"
      ;;
  esac
}

# Runs after a change of unit files.
reload_systemd() {
  case $TOUCHED$MANIFEST$JOURNAL in *"/etc/systemd/system/"*) ;; *) return 0 ;; esac
  case $KEYS$MANIFEST$JOURNAL in *"${NL}unit$TAB"*) run systemctl daemon-reload ;; esac
}

unit_rule() {
  RULE="must be"
  case $ITEM_MODE in enabled* | disabled*) RULE="$RULE ${ITEM_MODE%% *}" ;; esac
  case $ITEM_MODE in
    "- running "*) RULE="$RULE running" ;;
    "- stopped "*) RULE="$RULE stopped" ;;
    *" running "*) RULE="$RULE and running" ;;
    *" stopped "*) RULE="$RULE and stopped" ;;
  esac
  NOTE="$ENABLED, $ACTIVE"
  REMEDY="look at what it says: journalctl -u $NAME"
}
