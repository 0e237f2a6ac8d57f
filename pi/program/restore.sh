# The user's half, where root's own copy of the program is gone: makes it again from root's second copy, or from the uploaded
# file if that is the one that root noted.
# shellcheck disable=SC2154 # program, root and step are set above.

own=$root/usr/local/lib/ecs-anywhere-hybrid
if [ "$program" != "$own/program" ]; then
  # shellcheck disable=SC2016 # Root's shell expands it.
  as_root sh -c '
    set -e
    umask 022
    mkdir -p "$2"
    trap "rm -f \"\$2/.program\"" EXIT
    if [ -s "$3/program" ]; then
      cp "$3/program" "$2/.program"
    else
      cp "$1" "$2/.program"
      sum=$(sha256sum <"$2/.program")
      [ "${sum%% *}" = "$(cat "$4/program.sha256")" ]
    fi
    chmod 644 "$2/.program"
    sync "$2/.program"
    mv -f "$2/.program" "$2/program"' \
    ecs-anywhere-hybrid "$program" "$own" "$root/var/lib/ecs-anywhere-hybrid" "$root/etc/ecs-anywhere-hybrid" </dev/null || {
    printf '%s\n' "$step: $own/program: must be on the host; raise site.converge by one" >&2
    exit 1
  }
  program=$own/program
fi
