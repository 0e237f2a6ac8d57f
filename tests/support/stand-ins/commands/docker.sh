# Plays Docker's command line. While docker.service is active its daemon answers with /run/stand-ins/docker-info.json.
info=$ROOT/run/stand-ins/docker-info.json
if [ ! -e "$ROOT/usr/bin/docker" ]; then exit 127; fi
if [ ! -e "$ROOT/run/stand-ins/active/docker.service" ]; then
  echo "ERROR: Cannot connect to the Docker daemon" >&2
  exit 1
fi
case "$*" in
  "info --format "*) cat "$info" ;;
  info) grep -q '"MemoryLimit":true' "$info" || echo "WARNING: No memory limit support" ;;
esac
