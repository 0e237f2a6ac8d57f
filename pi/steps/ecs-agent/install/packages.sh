# The SSM agent's and the ECS agent's packages from the Region's S3, which has a private endpoint, checked here. AWS's
# installer would fetch the same ones, but the keys to check them with from GitHub; finding both installed, it only registers
# the host (scripts/ecs-anywhere-install.sh of aws/amazon-ecs-agent, `install-ssm-agent`, `install-ecs-agent`).
#
# Where INTERNET is never:
# PACKAGE_SUMS: a package must have one of these SHA-256 sums; empty: it must carry its signer's signature
# SSM_KEY, SSM_FINGERPRINT, ECS_KEY, ECS_FINGERPRINT: the signers; a key is empty for AWS's own

fetch_agent_packages() {
  local architecture s3
  case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) reject "$NODE" "$(uname -m)" "must be x86_64 or aarch64, for which AWS has packages" "use a 64-bit system" ;;
  esac
  case $NODE_REGION in
    cn-*) s3=https://s3.$NODE_REGION.amazonaws.com.cn ;;
    *) s3=https://s3.$NODE_REGION.amazonaws.com ;;
  esac
  if [ ! -e "$ROOT/usr/bin/amazon-ssm-agent" ]; then
    install_from_s3 amazon-ssm-agent "$s3/amazon-ssm-$NODE_REGION/latest/debian_$architecture/amazon-ssm-agent.deb" \
      sig "${SSM_KEY:-$(amazon_ssm_key)}" "$SSM_FINGERPRINT"
  fi
  # The installer takes this as the sign that the package is there.
  systemctl --quiet enable amazon-ssm-agent
  if [ ! -x "$ROOT/usr/libexec/amazon-ecs-init" ]; then
    install_from_s3 amazon-ecs-init "$s3/amazon-ecs-agent-$NODE_REGION/amazon-ecs-init-latest.$architecture.deb" \
      asc "${ECS_KEY:-$(amazon_ecs_key)}" "$ECS_FINGERPRINT"
    # It has nothing to register with yet.
    systemctl stop ecs 2>/dev/null || :
  fi
}

# NAME URL SIGNATURE KEY FINGERPRINT; the signature is at the URL with that ending.
install_from_s3() {
  local deb
  deb=$WORK/$1.deb
  fetch_from_s3 "$2" "$deb"
  if [ -n "$PACKAGE_SUMS" ]; then
    check_package_sum "$2" "$deb"
  else
    fetch_from_s3 "$2.$3" "$deb.$3"
    check_package_signature "$1" "$2" "$deb" "$deb.$3" "$4" "$5"
  fi
  apt_or_fail install "$deb" ||
    reject "apt-get install $1" "exit status $_status" "must be 0" "fix what it reports, then run again; it printed:$NL$_output"
}

# URL FILE
fetch_from_s3() {
  download "$1" "$2" ||
    reject privateEndpoints.services "$1" "must be in this host's reach, but: $(why_no_download)" \
      "check the endpoint s3, and what its policy lets through"
}

# URL FILE
check_package_sum() {
  local actual
  actual=$(sha256_of "$2")
  case $NL$PACKAGE_SUMS$NL in
    *"$NL$actual$NL"*) ;;
    *)
      reject cluster.installer.packagesSha256 "$actual of $1" \
        "must be one of the SHA-256 sums that are pinned, so it was not installed" \
        "see what changed in it, then pin its new SHA-256 too"
      ;;
  esac
}

# NAME URL FILE SIGNATURE KEY FINGERPRINT
check_package_signature() {
  local remedy
  if signed_by "$3" "$4" "$5" "$6"; then return; fi
  remedy="take this project's next release, since AWS may have a new key, or pin cluster.installer.packagesSha256"
  if [ "$flawed" = tampered ]; then remedy="try again, and if it stays so, tell AWS"; fi
  reject "$1" "$2" "$flaw, so it was not installed" "$remedy"
}
