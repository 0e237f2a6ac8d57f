# The beginning of every step's stdin: finds the program. The state keeps it with each step, so it has few words. Root's own
# copy, else the uploaded file, else root's second copy, by which the user's half of any makes root's own again.
# shellcheck disable=SC2034,SC2154 # step and root are set above; program is for the next line.
lib=/lib/ecs-anywhere-hybrid
program=$root/usr/local$lib/program
{ [ -r "$program" ] && [ -s "$program" ]; } || program=$HOME/.ecs-anywhere-hybrid
# A host whose user is root may have no sudo.
# shellcheck disable=SC2024 # The user's file.
[ -s "$program" ] || cat "$root/var$lib/program" 2>/dev/null >"$program" || sudo -n cat "$root/var$lib/program" >"$program" || {
rm -f "$program"
[ "$1" != undo ] || [ -e "$root/var$lib" ] || exit 0
echo "$step: $program: must be on the host; raise site.converge by one" >&2
exit 1
}
