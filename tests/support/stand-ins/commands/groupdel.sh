rm "$ROOT/run/stand-ins/groups/$1"
