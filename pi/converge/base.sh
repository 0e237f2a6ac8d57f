# The converge program, 1 of 12: what every part and every script of a step may use.

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
NL='
'
TAB='	'
CR=$(printf '\r')
BASE=$ROOT/var/lib/ecs-anywhere-hybrid
STATE=$BASE/$STEP
STAGE=$STATE/new
RUN=$ROOT/run/ecs-anywhere-hybrid
LOG=$RUN/$STEP.log
LOCK=$RUN/lock
LOCK_WAIT=300
# `fail` ends a script with this, so that its own words need no comment.
FAILED=64
IN_STEP=
# Set while there is something to roll back, from this run or from one that was killed.
GO_BACK=

say() {
  [ -n "$IN_STEP" ] || printf '%s: ' "$STEP" >&2
  printf '%s\n' "$*" >&2
}

# FIELD VALUE RULE REMEDY
fail() {
  if [ -n "$IN_STEP" ]; then
    printf '%s%s%s%s\n' "$1" "${2+: $2}" "${3+: $3}" "${4+; $4}" >"$LOG.error"
    exit "$FAILED"
  fi
  printf '%s: %s%s%s%s\n' "$STEP" "$1" "${2+: $2}" "${3+: $3}" "${4+; $4}" >&5
  [ -z "$GO_BACK" ] || go_back
  exit 1
}

# Runs a command whose words matter only when it fails.
run() {
  _status=0
  _output=$("$@" 2>&1) || _status=$?
  [ "$_status" = 0 ] || fail "$*" "exit status $_status" "must be 0" "it printed:$NL$_output"
}

# Sets JSON to the text as a JSON string.
json() {
  _rest=$1
  JSON=
  case $_rest in *[[:cntrl:]]*) _rest=$(printf '%s' "$_rest" | tr -d '\000-\010\013-\037\177') ;; esac
  while :; do
    case $_rest in *[\\\""$NL$TAB"]*) ;; *) break ;; esac
    _head=${_rest%%[\\\""$NL$TAB"]*}
    _rest=${_rest#"$_head"}
    case $_rest in
      "$NL"*) JSON="$JSON$_head\\n" ;;
      "$TAB"*) JSON="$JSON$_head\\t" ;;
      \"*) JSON="$JSON$_head\\\"" ;;
      *) JSON="$JSON$_head\\\\" ;;
    esac
    _rest=${_rest#?}
  done
  JSON=\"$JSON$_rest\"
}

# KEY VALUE, into the result; only `verify` has the descriptor.
fact() {
  json "$1"
  _key=$JSON
  json "$2"
  printf '%s:%s\n' "$_key" "$JSON" >&4
}

# TEXT PART
contains() {
  case $1 in *"$2"*) ;; *) return 1 ;; esac
}

# LINES LINE
has_line() {
  case $NL$1$NL in *"$NL$2$NL"*) ;; *) return 1 ;; esac
}

# WORDS WORD: a list of words, or a file's line.
has_word() {
  case " ${1%"$CR"} " in *" $2 "*) ;; *) return 1 ;; esac
}

# Sets UPTIME: whole seconds on a clock that nobody sets.
uptime_seconds() {
  read -r UPTIME _ </proc/uptime
  UPTIME=${UPTIME%.*}
}

# Makes files outlive a power cut.
durable() {
  sync "$@" 2>/dev/null || sync
}

# Runs one script of the step where it cannot hold the lock, write on stdout or end the program. Sets RC.
# Never call it within a condition: the shell would then ignore `set -e` inside.
in_step() {
  (
    trap - PIPE
    umask 022
    IN_STEP=1
    set -eu
    "$1"
  ) </dev/null >>"$LOG" 2>&1 3>&- 5>&- 9>&-
  RC=$?
}

# Like in_step for `verify`, whose facts come back in FACTS, a line each.
verify() {
  FACTS=$(
    (
      trap - PIPE
      umask 022
      IN_STEP=1
      set -eu
      step_verify
    ) 4>&1 </dev/null >>"$LOG" 2>&1 3>&- 5>&- 9>&-
  )
  RC=$?
}

# The step's own secrets never show, whoever printed them: `redact` is rendered and calls `hide` for each.
hide() {
  while :; do
    case $line in *"$1"*) line="${line%%"$1"*}[secret]${line#*"$1"}" ;; *) break ;; esac
  done
}

clear_log() {
  : >"$LOG"
  [ ! -e "$LOG.error" ] || rm -f "$LOG.error"
}

# What the last script printed, as far as a person reads, without the step's secrets.
print_log() {
  tail -n 40 "${1-$LOG}" | while IFS= read -r line || [ -n "$line" ]; do
    redact
    printf '%s\n' "$line"
  done >&2
}

# PART: says why a script of the step did not succeed.
explain_failure() {
  if [ "$RC" != "$FAILED" ]; then
    say "$1: exit status $RC: must be 0; it printed:"
    print_log
    return
  fi
  print_log
  printf '%s: ' "$STEP" >&2
  print_log "$LOG.error"
}

print_result() {
  json "$STEP"
  _result="{\"step\":$JSON,\"changed\":["
  _comma=
  while IFS= read -r _line; do
    [ -n "$_line" ] || continue
    json "$_line"
    _result=$_result$_comma$JSON
    _comma=,
  done <<END
$CHANGED
END
  _result="$_result],\"facts\":{"
  _comma=
  while IFS= read -r _line; do
    [ -n "$_line" ] || continue
    _result=$_result$_comma$_line
    _comma=,
  done <<END
$FACTS
END
  printf '%s}}\n' "$_result" >&3
}

# One run at a time on a host; a killed run's lock is free at once.
take_lock() {
  [ -d "$RUN" ] || (umask 077 && mkdir -p "$RUN") || fail "$RUN" "cannot be made" "must be writable" "look at the host's disk"
  exec 9>>"$LOCK"
  if ! flock -n 9; then
    read -r _holder <"$LOCK"
    _holder=${_holder:-unknown}
    say "waits for another run on this host: process $_holder"
    flock -w "$LOCK_WAIT" 9 ||
      fail lock "held by process $_holder" "one run at a time on a host" "wait for that run to end, then run again"
  fi
  printf '%s (%s %s)\n' "$$" "$STEP" "$MODE" >"$LOCK"
  clear_log
}
