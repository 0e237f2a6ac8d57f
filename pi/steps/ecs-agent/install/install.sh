# AWS's installer, run as it is. It brings the SSM agent, registers it, and brings the ECS agent
# (scripts/ecs-anywhere-install.sh of aws/amazon-ecs-agent).
#
# The activation code. `amazon-ssm-agent -register` takes it in its arguments and in no other way, and is done within a
# second or two, when the code is used up. The installer would take it in its arguments for minutes before that: so bash
# reads the code from a pipe and sources the installer with the arguments set inside the shell. The code is in no file, no
# environment, and no other process's arguments, and it is redacted in what the installer prints.
#
# SOURCE_INSTALLER: source-installer.bash

WORK=$STATE/installer

install_agents() {
  local attempts
  rm -rf "$WORK"
  (umask 077 && mkdir -p "$WORK/packages-keyring")
  fetch_installer
  if [ "$INTERNET" = never ]; then fetch_agent_packages; fi
  cp -p "$ROOT/etc/ecs/ecs.config" "$WORK/ecs.config"
  # Noted first: after a kill the next run must know that the registration is ours.
  managed_instance >/dev/null || printf '%s\n' "$ACTIVATION_ID" >"$STATE/activation"
  run_installer
  attempts=1
  while [ -e "$WORK/failed" ]; do
    if [ "$attempts" -ge 20 ] || ! apt_was_locked; then installer_failed; fi
    say "apt is locked by another process: waiting"
    sleep 10
    run_installer
    attempts=$((attempts + 1))
  done
  complete_installation
  rm -rf "$WORK"
}

# $WORK/failed is there when it failed, with its status; its output is in $WORK/log.
# --no-start: it appends ECS_CLUSTER to a file that is ours; that gets its content back before the agent reads it.
run_installer() {
  rm -f "$WORK/failed"
  printf '%s\n' "$ACTIVATION_CODE" | source_installer | redact_lines >"$WORK/log"
  cat "$WORK/ecs.config" >"$ROOT/etc/ecs/ecs.config"
}

# The code comes on stdin. The installer creates files in its working directory.
source_installer() {
  cd "$WORK" || exit
  GNUPGHOME="$WORK/packages-keyring" DEBIAN_FRONTEND=noninteractive bash -c "$SOURCE_INSTALLER" "$WORK/install.sh" \
    --region "$NODE_REGION" --cluster "$NODE_CLUSTER" --activation-id "$ACTIVATION_ID" --docker-install-source none \
    --no-start 2>&1 || echo $? >"$WORK/failed"
}

# Applies the program's `redact` to stdin.
redact_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    redact
    printf '%s\n' "$line"
  done
}

# The installer's own apt calls do not wait for a lock that, say, unattended-upgrades holds.
apt_was_locked() {
  grep -qE 'Could not get lock|is locked by another process|frontend lock' "$WORK/log"
}

installer_failed() {
  local refusal status last
  refusal=$(sed -n 's/.*registering the instance with AWS SSM\. \([A-Za-z]*\).*/\1/p' "$WORK/log" | tail -n 1)
  status=$(cat "$WORK/failed")
  last=$(tail -n 15 "$WORK/log")
  rm -rf "$WORK"
  case $refusal in
    *Activation* | *Limit*)
      fail "$NODE.reinstalled" "activation $ACTIVATION_ID, which Systems Manager refused: $refusal" \
        "must be new: an activation registers one host, once, before it expires" \
        "raise $NODE.reinstalled by one, so that a new activation is made, and run pulumi up again"
      ;;
  esac
  fail "$NODE" "ecs-anywhere-install.sh ended with status $status" "must end with 0" \
    "fix what it reports and run pulumi up again; it printed:$NL$last"
}

# An installer that was killed after it brought the ECS agent never comes back to these lines.
complete_installation() {
  local line
  for line in "AWS_DEFAULT_REGION=$NODE_REGION" ECS_EXTERNAL=true; do
    grep -qsxF "$line" "$ROOT/var/lib/ecs/ecs.config" || printf '%s\n' "$line" >>"$ROOT/var/lib/ecs/ecs.config"
  done
}
