# Plays `sysctl -qw KEY=VALUE`.
key=${2%%=*}
printf '%s\n' "${2#*=}" >"$ROOT/proc/sys/$(printf '%s' "$key" | tr . /)"
