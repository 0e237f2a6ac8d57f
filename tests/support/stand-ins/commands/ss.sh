# Plays ss: the lines of /run/stand-ins/listeners.
if [ -e "$ROOT/run/stand-ins/listeners" ]; then cat "$ROOT/run/stand-ins/listeners"; fi
