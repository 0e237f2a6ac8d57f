# Whether the running kernel can limit memory. Sets CGROUP to v1 or v2.
has_memory_controller() {
  local controllers
  controllers=
  CGROUP=v2
  if [ -e "$ROOT/sys/fs/cgroup/cgroup.controllers" ]; then
    read -r controllers <"$ROOT/sys/fs/cgroup/cgroup.controllers" || :
  fi
  case " $controllers " in *" memory "*) return 0 ;; esac
  CGROUP=v1
  # On v2 the kernel may list it only in the place above; on v1 it must be enabled and mounted.
  grep -qsE '^memory[[:space:]].*[[:space:]]1$' "$ROOT/proc/cgroups" &&
    grep -qsE '^[^ ]+ [^ ]+ cgroup ([^ ]*,)?memory[, ]' "$ROOT/proc/mounts"
}
