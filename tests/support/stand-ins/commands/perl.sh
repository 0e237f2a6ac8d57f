# Plays perl with pi/steps/dns-forwarding/ask.pl: prints /run/stand-ins/answers. Default: the host's own server and the first
# resolver give the endpoint's address.
shift 3 # -e PROGRAM NAME
if [ -e "$ROOT/run/stand-ins/answers" ]; then
  cat "$ROOT/run/stand-ins/answers"
else
  printf '%s 0 10.0.0.45\n' "$1" "$2"
fi
