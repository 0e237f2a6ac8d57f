/** The folders that AWS's documentation names for removal go only when they were not there before the step. */
export const undo = `
[ ! -e "$STATE/joined" ] || leave_cluster 15
[ ! -e "$STATE/activation" ] || deregister_host
if [ -e "$STATE/brought" ]; then
  packages=$(sed -n 's/^package //p' "$STATE/brought")
  if [ -n "$packages" ]; then
    systemctl stop ecs amazon-ssm-agent 2>/dev/null || :
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 purge -y $packages >/dev/null 2>&1 ||
      say "these packages could not be removed: $packages; remove them by hand"
    # shellcheck disable=SC2086
    docker image rm \${images:-} amazon/amazon-ecs-agent:latest >/dev/null 2>&1 || :
    # What the file phase put back into /etc/ecs was there before us.
    [ -e "$ROOT/etc/ecs/ecs.config" ] || rm -rf "$ROOT/etc/ecs"
  else
    systemctl restart amazon-ssm-agent ecs 2>/dev/null || :
  fi
  sed -n 's/^path //p' "$STATE/brought" | while IFS= read -r path; do rm -rf "$ROOT$path"; done
fi
remove_packages
`;
