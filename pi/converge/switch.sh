# The converge program: the dead man's switch for a change that may cut the SSH path.
#
# $RUN/$STEP.armed is the token, which two try to rename: the program by `disarm`, or the dead man, who then ends the program
# and puts the old state back. A power cut removes both: then $STATE/program is the token, and a unit that is there only as
# long as this file puts the old state back at the next boot.

# Not the name of a unit that the step itself may own.
UNIT=ecs-anywhere-hybrid-switch-$STEP
UNITS=$ROOT/etc/systemd/system
WANTED=$UNITS/multi-user.target.wants/$UNIT-boot.service

arm() {
  keep_program ||
    fail "$STATE" "cannot be written" "must be writable for the dead man's switch" "look at the host's disk and /run"
  systemd-run --quiet --collect --unit="$UNIT" \
    sh -c "sleep $SWITCH && exec sh '$STATE/program' revert" >>"$LOG" 2>&1 3>&- 5>&- 9>&- && return
  # No systemd here: a process of its own session does it too.
  setsid sh -c "trap '' HUP; sleep $SWITCH && exec sh '$STATE/program' revert" \
    </dev/null >/dev/null 2>&1 3>&- 5>&- 9>&- &
}

# The dead man outlives this shell, so the program must be a file; the next boot needs it, too. systemd reads the unit
# at that boot, so no daemon-reload is needed now. The unit comes last, since what the step applies may talk to any
# daemon.
keep_program() {
  (umask 077 && printf '%s' "${PROGRAM-}" >"$STATE/program" && printf '%s\n' "$$" >"$RUN/$STEP.armed") || return
  [ -d "${WANTED%/*}" ] || return 0
  cat >"$UNITS/$UNIT-boot.service" <<END && ln -sf "../$UNIT-boot.service" "$WANTED" &&
[Unit]
Description=Puts back what $STEP had not confirmed when the power went
After=multi-user.target

[Service]
Type=oneshot
ExecStart=/bin/sh $STATE/program recover
END
    durable "$STATE/program" "$UNITS/$UNIT-boot.service" "$UNITS" "${WANTED%/*}"
}

forget_switch() {
  rm -f "$WANTED" "$UNITS/$UNIT-boot.service" "$RUN/$STEP.armed" "$RUN/$STEP.firing" "$STATE/program"
}

# Fails when the dead man was faster.
disarm() {
  mv "$RUN/$STEP.armed" "$RUN/$STEP.disarmed" 2>/dev/null || return
  rm -f "$RUN/$STEP.disarmed"
  forget_switch
  systemctl stop "$UNIT" >/dev/null 2>&1 || :
}

# The dead man of a killed run has nothing left to do: this run takes over.
cancel_switch() {
  [ -e "$STATE/program" ] || return 0
  forget_switch
  systemctl stop "$UNIT" >/dev/null 2>&1 || :
}

# The dead man's own program.
revert() {
  local pid
  mv "$RUN/$STEP.armed" "$RUN/$STEP.firing" 2>/dev/null || return 0
  read -r pid <"$RUN/$STEP.firing"
  case $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") in
    *ecs-anywhere-hybrid*) kill -9 "$pid" ;;
  esac
  take_lock
  [ -e "$RUN/$STEP.firing" ] || return 0
  roll_back_unconfirmed "not confirmed in $SWITCH s"
}

# After a power cut.
recover() {
  take_lock
  [ ! -e "$STATE/program" ] || roll_back_unconfirmed "not confirmed before the power went"
}

# WHY
roll_back_unconfirmed() {
  say "$1: puts the previous state back"
  read_manifest
  roll_back
  forget_switch
  remove_empty_state
}

# Sets SENT and ACKED, bytes of the TCP connection that SSH_CONNECTION names, as sshd sees it, so this works behind NAT.
# A proxy's acknowledgement suffices: what this host changed lies between it and the proxy.
measure_ssh() {
  local queued word
  # shellcheck disable=SC2086 # Four words.
  set -- $SSH_CONNECTION
  SENT=
  ACKED=0
  case $1 in *:*) set -- "[${1%%\%*}]" "$2" "$3" "$4" ;; esac
  # shellcheck disable=SC2046 # Words of one line.
  set -- $(ss -Htin "sport = :$4 and dport = :$2 and dst $1" 2>/dev/null)
  [ $# -ge 3 ] || return 0
  queued=$3
  for word; do
    case $word in bytes_acked:*) ACKED=${word#bytes_acked:} ;; esac
  done
  SENT=$((ACKED + queued))
}

# Whether bytes written after the change reach the client. Where that cannot be measured, `verify` has to suffice.
ssh_carries() {
  local sent tries=100
  [ -n "$SSH_CONNECTION" ] && [ -n "$SSH_SEEN" ] || return 0
  measure_ssh
  sent=$SENT
  [ -n "$sent" ] || return
  say "in force; waits for the SSH connection to confirm it"
  while [ "$tries" -gt 0 ]; do
    measure_ssh
    [ -n "$SENT" ] || return
    [ "$ACKED" -le "$sent" ] || return 0
    sleep 0.1
    tries=$((tries - 1))
  done
  return 1
}
