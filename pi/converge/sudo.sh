# What the host's `sh` reads from stdin. The string above holds the program: it is read whole before anything runs, and
# it goes to root's shell through a pipe, so that no secret is ever in an argument.

# shellcheck disable=SC2154 # step, field, root and program are set above.

as_root() {
  if [ -n "$sudo" ]; then sudo -n "$@"; else "$@"; fi
}

sudo=
[ -n "$root" ] || [ "$(id -u)" = 0 ] || sudo=yes
# shellcheck disable=SC2016 # Root's shell expands it.
printf '%s' "$program" |
  as_root timeout -k 30 1800 sh -c 'PROGRAM=$(cat) && eval "$PROGRAM"' ecs-anywhere-hybrid "$1" "${SSH_CONNECTION-}"
status=$?
if [ "$status" = 0 ]; then exit 0; fi
if [ "$status" = 124 ]; then
  printf '%s\n' "$step: not done: must end within 1800 s; look at what hangs on the host, then run again" >&2
elif [ -n "$sudo" ] && ! sudo -n true 2>/dev/null; then
  user=$(id -un)
  printf '%s\n' "$field: $user: must be allowed to use sudo without a password; as root on the host, run: echo '$user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010_$user" >&2
fi
exit 1
