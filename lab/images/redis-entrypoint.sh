#!/bin/sh
# As in the official image: options alone mean redis-server, which runs as the user redis, owns its folder of data, and
# answers other hosts unless told otherwise.
set -eu
case ${1:-} in
  -*) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
  case "$*" in
    *--protected-mode*) ;;
    *) set -- "$@" --protected-mode no ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    chown -R redis:redis .
    # By its path: busybox's shell has a built-in one with fewer options.
    exec /usr/bin/setpriv --reuid redis --regid redis --clear-groups -- "$@"
  fi
fi
exec "$@"
