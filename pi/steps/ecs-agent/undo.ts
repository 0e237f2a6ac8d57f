/**
 * Undoes the step. The folders that AWS's documentation names for removal go only when they were not there before.
 *
 * After a first run that failed, it is called to put back what stood there: then the registration stays, since its
 * activation is used up; the next run goes on from it.
 */
export const undo = `
if [ -n "\${ROLLING_BACK-}" ]; then
  systemctl stop ecs 2>/dev/null || :
  managed_instance >/dev/null || rm -f "$STATE/activation" "$STATE/joined"
else
  [ ! -e "$STATE/joined" ] || leave_cluster 15
  [ ! -e "$STATE/activation" ] || deregister_host
  if grep -qsx amazon-ecs-init "$STATE/packages"; then
    systemctl stop ecs 2>/dev/null || :
    # shellcheck disable=SC2086
    docker image rm \${images-} amazon/amazon-ecs-agent:latest >/dev/null 2>&1 || :
    # A file that is there now was there before the step.
    [ -e "$ROOT/etc/ecs/ecs.config" ] || rm -rf "$ROOT/etc/ecs"
  else
    systemctl restart ecs 2>/dev/null || :
  fi
  remove_packages
  # An agent whose container instance was deregistered ends as failed.
  systemctl reset-failed ecs amazon-ssm-agent 2>/dev/null || :
  if [ -e "$STATE/brought" ]; then
    while IFS= read -r path; do rm -rf "$ROOT$path"; done <"$STATE/brought"
  fi
fi
`;
