# The user's half: passes what is on stdin to root's shell through a pipe, so that no secret is ever in an argument. $program is
# a file that follows it; empty where stdin has everything.
# shellcheck disable=SC2154 # step, field, program and sudo are set above.

# shellcheck disable=SC2016 # Root's shell expands it.
as_root timeout -k 30 1800 sh -c 'PROGRAM=$(cat - $3) && eval "$PROGRAM"' \
  ecs-anywhere-hybrid "$1" "${SSH_CONNECTION-}" "$program"
status=$?
if [ "$status" = 0 ]; then exit 0; fi
if [ "$status" = 124 ]; then
  printf '%s\n' "$step: not done: must end within 1800 s; look at what hangs on the host, then run again" >&2
elif [ -n "$sudo" ] && ! sudo -n true 2>/dev/null; then
  user=$(id -un)
  printf '%s\n' "$field: $user: must be allowed to use sudo without a password; as root on the host, run: echo '$user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010_$user" >&2
fi
exit 1
