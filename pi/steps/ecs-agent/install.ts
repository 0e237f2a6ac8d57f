import { quote } from "../../converge.ts";

/**
 * sh that defines `install_agents`: AWS's installer, run as it is. It brings the SSM agent, registers it, and brings
 * the ECS agent (scripts/ecs-anywhere-install.sh of aws/amazon-ecs-agent).
 *
 * The activation code. `amazon-ssm-agent -register` takes it in its arguments and in no other way, and is done within
 * a second or two, when the code is used up. The installer would take it in its arguments for minutes before that:
 * so bash reads the code from a pipe and sources the installer with the arguments set inside the shell. The code is
 * in no file, no environment, and no other process's arguments, and it is struck from what the installer prints.
 */
export function installAgents(activationCode: string): string {
  return `\
activation_code=${quote(activationCode)}

strike_code() {
  while IFS= read -r line || [ -n "$line" ]; do
    case "$line" in *"$activation_code"*) ;; *) printf '%s\\n' "$line" ;; esac
  done
}

# --no-start: the installer appends ECS_CLUSTER to a file that is ours; it goes back to its content before the agent reads it.
run_installer() {
  (
    cd "$1"
    printf '%s\\n' "$activation_code" | {
      GNUPGHOME="$1/packages-keyring" DEBIAN_FRONTEND=noninteractive bash -c '
        IFS= read -r code
        exec </dev/null
        set -- "$@" --activation-code "$code"
        unset code
        . "$0"' "$1/install.sh" --region "$region" --cluster "$cluster" --activation-id "$activation_id" \\
        --docker-install-source none --no-start 2>&1 || echo $? >"$1/failed"
    } | strike_code >"$1/log"
  )
}

install_failed() {
  refusal=$(sed -n 's/.*registering the instance with AWS SSM\\. \\([A-Za-z]*\\).*/\\1/p' "$1/log" | tail -n 1)
  status=$(cat "$1/failed")
  last=$(tail -n 15 "$1/log")
  rm -rf "$1"
  case "$refusal" in
  *Activation* | *Limit*)
    fail "hosts.$host.node.reinstalled" "activation $activation_id, which Systems Manager refused: $refusal" \\
      "an activation registers one host, once, before it expires" \\
      "raise hosts.$host.node.reinstalled by one, so that a new activation is made, and run pulumi up again"
    ;;
  esac
  fail "hosts.$host.node" "ecs-anywhere-install.sh ended with status $status" "must end with 0" \\
    "mend what it says and run pulumi up again; it printed:
$last"
}

# The installer's own apt calls do not wait for a lock that, say, unattended-upgrades holds.
locked() { grep -qE 'Could not get lock|is locked by another process|frontend lock' "$1/log"; }

install_agents() {
  work="$STATE/installer"
  rm -rf "$work"
  (umask 077 && mkdir -p "$work/packages-keyring")
  fetch_installer "$work"
  bring_packages "$work"
  cp -p "$ROOT/etc/ecs/ecs.config" "$work/ecs.config"
  # Noted first: a run that is killed after the registration must know whose it is.
  managed_instance >/dev/null || printf '%s\\n' "$activation_id" >"$STATE/activation"
  tries=0
  while :; do
    rm -f "$work/failed"
    run_installer "$work"
    cat "$work/ecs.config" >"$ROOT/etc/ecs/ecs.config"
    [ -e "$work/failed" ] || break
    tries=$((tries + 1))
    { [ "$tries" -lt 20 ] && locked "$work"; } || install_failed "$work"
    say "apt is locked by another process: waiting"
    sleep 10
  done
  # An installer that was killed after it brought the ECS agent never comes back to these two lines.
  for line in "AWS_DEFAULT_REGION=$region" ECS_EXTERNAL=true; do
    grep -qsxF "$line" "$ROOT/var/lib/ecs/ecs.config" || printf '%s\\n' "$line" >>"$ROOT/var/lib/ecs/ecs.config"
  done
  rm -rf "$work"
}
`;
}
