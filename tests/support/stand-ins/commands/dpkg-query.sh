# Plays `dpkg-query -W -f FORMAT PACKAGE…`: prints the installed ones, and fails if one is not installed.
shift 3
status=0
for package; do
  if [ -e "$ROOT/run/stand-ins/installed/$package" ]; then echo "$package installed"; else status=1; fi
done
exit "$status"
