# Plays `dpkg-query -W -f FORMAT PACKAGE…`: names those that are installed, and fails if another is asked for.
shift 3
status=0
for package; do
  if [ -e "$ROOT/run/stand-ins/installed/$package" ]; then echo "$package installed"; else status=1; fi
done
exit "$status"
