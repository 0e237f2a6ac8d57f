# The converge program: what every part and every script of a step may use.
#
# The program carries out one step: `converge`, `check` or `undo` in main.sh, called by main(); `revert` and `recover` in
# switch.sh, called by the dead man. The renderer writes a header of variables and, at the end, the step's own functions.
#
# Header           ROOT STEP OWNER SETTLE SWITCH NEEDS_REBOOT, the functions redact and step_items, and what the step's scripts
#                  read
#
# Descriptors      3  stdout of the whole run: the one line of JSON (print_result)
#                  4  in `detect`: declared items; in `verify`: facts. Only own_file, add_word, add_block and fact write there
#                  5  stderr of the whole run, for `fail` of the program itself, also where stderr is redirected
#                  8  lines that for_each_line reads
#                  9  the lock file, held to the end. Closed for everything that a step starts, which may outlive the run
#                  0 is /dev/null; 1 and 2 are stderr, in a step's script the log
#
# Who calls what   Functions step_* and before_* run in in_step, or like it: `set -eu`, output in $LOG. They may call the helpers
#                  that pi/step.ts lists, and nothing else. in_step, verify and give_up belong to main.sh and change.sh. Of the
#                  kinds (items.sh says what they are) *_note runs in the program, *_bring and *_restore in in_step.
#
# Results          JSON (json), FACTS and RC (verify; in_step sets RC alone), UPTIME (uptime_seconds)
#                  KIND NAME ITEM_MODE ITEM_OWNER BODY BELOW (select_item), NOTE (noted, *_note), VERB (touched)
#                  MANIFEST DROPPED DROPPED_REST OWNED_BY FIRST OPEN (read_manifest), JOURNAL (read_journal)
#                  DIFFERENT UNMET TOUCHED (compare), DECLARED (inspect), NEW_MANIFEST (stage), CLAIMED (claim)
#                  CLAIMANT (find_owner), TEXT (read_text, without_edit, edited_text), TEMPORARY (temporary_of), STATS SAME (compare_texts)
#                  UNIT_STATES ENABLED ACTIVE (kinds/unit.sh), LISTING (kinds/table.sh)
#                  PLAN_NEW PLAN_REMOVED (read_plan); _output _status (run, apt_or_fail), _missing (missing_packages)
#                  SENT ACKED (measure_ssh), CHANGED (what the result says was changed), FORMER (what release_units and
#                  restore_* go by), ROLLING_BACK (set in roll_back, which `undo` scripts ask for)

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
# Exit status of a script that `fail` ended: no second error is added to its own.
FAILED=64
IN_STEP=
# Set while there may be something to roll back, from this run or from one that was killed.
MAY_ROLL_BACK=

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
  [ -z "$MAY_ROLL_BACK" ] || roll_back_and_exit
  exit 1
}

# COMMAND STATUS OUTPUT
fail_status() {
  fail "$1" "exit status $2" "must be 0" "see what it printed:$NL$3"
}

# Runs a command whose output matters only when it fails. Sets _output and _status.
run() {
  _status=0
  _output=$("$@" 2>&1) || _status=$?
  [ "$_status" = 0 ] || fail_status "$*" "$_status" "$_output"
}

# Sets JSON to the text as a JSON string.
json() {
  local rest="$1" head
  JSON=
  case $rest in *[[:cntrl:]]*) rest=$(printf '%s' "$rest" | tr -d '\000-\010\013-\037\177') ;; esac
  while :; do
    case $rest in *[\\\""$NL$TAB"]*) ;; *) break ;; esac
    head=${rest%%[\\\""$NL$TAB"]*}
    rest=${rest#"$head"}
    case $rest in
      "$NL"*) JSON="$JSON$head\\n" ;;
      "$TAB"*) JSON="$JSON$head\\t" ;;
      \"*) JSON="$JSON$head\\\"" ;;
      *) JSON="$JSON$head\\\\" ;;
    esac
    rest=${rest#?}
  done
  JSON=\"$JSON$rest\"
}

# KEY VALUE, into the result; only `verify` has the descriptor.
fact() {
  local key
  json "$1"
  key=$JSON
  json "$2"
  printf '%s:%s\n' "$key" "$JSON" >&4
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

# Sets UPTIME: whole seconds since the boot, which no change of the clock affects.
uptime_seconds() {
  read -r UPTIME _ </proc/uptime
  UPTIME=${UPTIME%.*}
}

# Writes files to the disk, so that they survive a power cut.
durable() {
  sync "$@" 2>/dev/null || sync
}

# Runs one script of the step, which cannot hold the lock, write to stdout or end the program. Sets RC.
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

# Like in_step, for `verify`: FACTS gets its facts, one per line.
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

# The step's secrets are never shown, not even when a command prints them: `redact` is rendered and calls `hide` for
# each.
hide() {
  while :; do
    case $line in *"$1"*) line="${line%%"$1"*}[secret]${line#*"$1"}" ;; *) break ;; esac
  done
}

clear_log() {
  : >"$LOG"
  [ ! -e "$LOG.error" ] || rm -f "$LOG.error"
}

# Prints the end of what the last script printed, without the step's secrets.
print_log() {
  tail -n 40 "${1-$LOG}" | while IFS= read -r line || [ -n "$line" ]; do
    redact
    printf '%s\n' "$line"
  done >&2
}

# PART: reports why a script of the step failed.
explain_failure() {
  if [ "$RC" != "$FAILED" ]; then
    say "$1: exit status $RC: must be 0; see what it printed:"
    print_log
    return
  fi
  print_log
  printf '%s: ' "$STEP" >&2
  print_log "$LOG.error"
}

print_result() {
  local result line comma=
  json "$STEP"
  result="{\"step\":$JSON,\"changed\":["
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    json "$line"
    result=$result$comma$JSON
    comma=,
  done <<END
$CHANGED
END
  result="$result],\"facts\":{"
  comma=
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    result=$result$comma$line
    comma=,
  done <<END
$FACTS
END
  printf '%s}}\n' "$result" >&3
}

# One run at a time on a host; the lock of a killed run is free at once.
take_lock() {
  local holder
  [ -d "$RUN" ] || (umask 077 && mkdir -p "$RUN") ||
    fail "$RUN" "cannot be made" "must be writable" "look at the host's disk"
  exec 9>>"$LOCK"
  if ! flock -n 9; then
    read -r holder <"$LOCK"
    holder=${holder:-unknown}
    say "waits for another run on this host: process $holder"
    flock -w "$LOCK_WAIT" 9 ||
      fail lock "held by process $holder" "must be free within $LOCK_WAIT s" "wait for that run to end, then run again"
  fi
  printf '%s (%s %s)\n' "$$" "$STEP" "$MODE" >"$LOCK"
  clear_log
}
