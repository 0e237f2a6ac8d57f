# Plays systemd. A unit is known by its file, enabled by its link, and active by a file in /run/stand-ins/active; what
# a package's starts is its ExecStart.
units=$ROOT/lib/systemd/system
own=$ROOT/etc/systemd/system
wants=$ROOT/etc/systemd/system/multi-user.target.wants
active=$ROOT/run/stand-ins/active
mkdir -p "$active"

is_enabled() { [ -e "$wants/$1" ]; }
is_active() { [ -e "$active/$1" ]; }

is_known() { [ -e "$units/$1" ] || [ -e "$own/$1" ]; }

enable_unit() {
  if [ -e "$own/$1" ]; then ln -sf "../$1" "$wants/$1"; else ln -sf "../../../../lib/systemd/system/$1" "$wants/$1"; fi
}
disable_unit() { rm -f "$wants/$1"; }

start() {
  local command
  if is_active "$1"; then return; fi
  command=
  if [ -e "$units/$1" ]; then command=$(sed -n 's/^ExecStart=//p' "$units/$1"); fi
  if [ -n "$command" ]; then "$command"; fi
  : >"$active/$1"
}
stop() { rm -f "$active/$1"; }

# VERB UNIT
carry_out() {
  if ! is_known "$2"; then
    echo "Unit $2 could not be found." >&2
    return 1
  fi
  case $1 in
    cat) cat "$units/$2" ;;
    is-enabled) is_enabled "$2" ;;
    is-active) is_active "$2" ;;
    enable) enable_unit "$2" ;;
    disable) disable_unit "$2" ;;
    start) start "$2" ;;
    stop) stop "$2" ;;
    try-restart) if is_active "$2"; then carry_out restart "$2"; fi ;;
    restart | reload-or-restart)
      stop "$2"
      start "$2"
      ;;
  esac
}

# UNIT…: prints what `show -p UnitFileState -p ActiveState` does, with an empty line between two units.
show_units() {
  local unit separator=
  for unit; do
    printf '%s' "$separator"
    separator='
'
    if is_enabled "$unit"; then
      echo UnitFileState=enabled
    elif is_known "$unit"; then
      echo UnitFileState=disabled
    else
      echo UnitFileState=
    fi
    if is_active "$unit"; then echo ActiveState=active; else echo ActiveState=inactive; fi
  done
}

if [ "$1" = show ]; then
  while [ "$1" != -- ]; do shift; done
  shift
  show_units "$@"
  exit
fi

verb=
now=
status=0
for word; do
  case $word in
    --now) now=yes ;;
    -*) ;;
    *)
      if [ -z "$verb" ]; then
        verb=$word
        continue
      fi
      case $word in *.*) ;; *) word=$word.service ;; esac
      carry_out "$verb" "$word" || status=1
      case $now$verb in
        yesenable) carry_out start "$word" || status=1 ;;
        yesdisable) carry_out stop "$word" || status=1 ;;
      esac
      ;;
  esac
done
exit "$status"
