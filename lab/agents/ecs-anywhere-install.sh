#!/bin/bash
# Stand-in of the home lab for AWS's ecs-anywhere-install.sh. Not AWS's code: it takes the same flags, does the same
# things in the same order and leaves the same files; it installs the lab's stand-in agents, on Debian and Ubuntu only.
set -euo pipefail

stop() {
  echo "Installation Failed: $*" >&2
  exit 1
}

region='' activation_id='' activation_code='' cluster=default docker_source=all ecs_version=latest
deb_url='' endpoint='' certificates='' gpu='' registration=yes check=yes start=yes
while [ $# -gt 0 ]; do
  case "$1" in
  --region | --activation-id | --activation-code | --cluster | --docker-install-source | --ecs-version | --deb-url | \
    --rpm-url | --ecs-endpoint | --certs-file | --ip-compatibility)
    case "${2-}" in '' | --*) stop "$1 needs a value" ;; esac
    ;;
  esac
  case "$1" in
  --region) region=$2 && shift ;;
  --activation-id) activation_id=$2 && shift ;;
  --activation-code) activation_code=$2 && shift ;;
  --cluster) cluster=$2 && shift ;;
  --docker-install-source) docker_source=$2 && shift ;;
  --ecs-version) ecs_version=$2 && shift ;;
  --deb-url) deb_url=$2 && shift ;;
  --ecs-endpoint) endpoint=$2 && shift ;;
  --certs-file) certificates=$2 && shift ;;
  --rpm-url | --ip-compatibility) shift ;;
  --enable-gpu) gpu=yes ;;
  --skip-registration) registration='' ;;
  --skip-gpg-check) check='' ;;
  --no-start) start='' ;;
  --help) echo "usage: $(basename "$0") --region R --activation-id I --activation-code C [--cluster C] [--no-start] …" && exit 0 ;;
  *) stop "invalid option: $1" ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || stop "must be run as root"
[ -d /run/systemd/system ] || stop "needs systemd"
[ -n "$region" ] || stop "--region is required"
if [ -z "$registration" ]; then
  systemctl is-enabled --quiet amazon-ssm-agent || stop "--skip-registration needs a running SSM agent"
elif [ -z "$activation_id" ] || [ -z "$activation_code" ]; then
  stop "--activation-id and --activation-code are required"
fi
case "$(uname -m)" in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) stop "unsupported architecture $(uname -m)" ;;
esac
command -v apt-get >/dev/null || stop "this stand-in knows apt only"

s3="https://s3.$region.amazonaws.com"
agents="$s3/amazon-ecs-agent-$region"
ssm="$s3/amazon-ssm-$region"

section() { printf '\n### %s\n' "$*"; }
fetch() { curl -fsS -o "$1" "$2" || stop "cannot download $2"; }

# Signed with the lab's key. As with AWS's installer, the keys are on GitHub, and without gpg nothing is checked.
check_signature() {
  if ! command -v gpg >/dev/null; then
    echo "WARNING: no gpg: cannot verify $2"
    return
  fi
  local key
  key="$(dirname "$2")/$3.gpg"
  fetch "$key" "https://raw.githubusercontent.com/aws/amazon-ecs-agent/master/scripts/$3.gpg"
  gpg --quiet --batch --import "$key"
  gpg --quiet --batch --verify "$1" "$2" || stop "$(basename "$2") is not signed by the lab's key"
}

section "packages that the installer needs"
apt-get update -q -y
apt-get install -q -y curl jq

install_ssm_agent() {
  section "SSM agent"
  if systemctl is-enabled --quiet amazon-ssm-agent 2>/dev/null; then
    echo "already installed"
  else
    local folder
    folder=$(mktemp -d)
    fetch "$folder/amazon-ssm-agent.deb" "$ssm/latest/debian_$arch/amazon-ssm-agent.deb"
    fetch "$folder/amazon-ssm-agent.deb.sig" "$ssm/latest/debian_$arch/amazon-ssm-agent.deb.sig"
    check_signature "$folder/amazon-ssm-agent.deb.sig" "$folder/amazon-ssm-agent.deb" amazon-ssm-agent
    dpkg -i "$folder/amazon-ssm-agent.deb"
    rm -rf "$folder"
  fi
  section "registration with Systems Manager"
  local key=/var/lib/amazon/ssm/Vault/Store/RegistrationKey id=''
  [ ! -f "$key" ] || id=$(jq -r .instanceID "$key")
  if [ -n "$id" ]; then
    echo "already registered as $id"
    return
  fi
  systemctl stop amazon-ssm-agent || true
  amazon-ssm-agent -register -code "$activation_code" -id "$activation_id" -region "$region"
  systemctl enable amazon-ssm-agent
  [ -z "$start" ] || systemctl start amazon-ssm-agent
}

install_docker() {
  section "Docker"
  if command -v docker >/dev/null; then
    echo "already installed"
  elif [ "$docker_source" != none ]; then
    apt-get install -q -y docker.io
  fi
}

prepare_exec() {
  section "files of ECS Exec"
  local file="${certificates:-/etc/ssl/certs/ca-certificates.crt}" exec=/var/lib/ecs/deps/execute-command version=3.3.1611.0
  [ -f "$file" ] || stop "no certificates at $file; say --certs-file"
  mkdir -p "$exec/certs" "$exec/bin/$version" ssm-binaries
  install -m 400 "$file" "$exec/certs/tls-ca-bundle.pem"
  fetch ssm-binaries/amazon-ssm-agent.tar.gz "$ssm/$version/linux_$arch/amazon-ssm-agent-binaries.tar.gz"
  tar -xf ssm-binaries/amazon-ssm-agent.tar.gz -C ssm-binaries
  cp ssm-binaries/{amazon-ssm-agent,ssm-agent-worker,ssm-session-worker} "$exec/bin/$version/"
  rm -rf ssm-binaries
}

install_ecs_agent() {
  section "ECS agent"
  if [ -x /usr/libexec/amazon-ecs-init ]; then
    echo "already installed"
    return
  fi
  local folder
  folder=$(mktemp -d)
  deb_url=${deb_url:-$agents/amazon-ecs-init-$ecs_version.$arch.deb}
  fetch "$folder/amazon-ecs-init.deb" "$deb_url"
  if [ -n "$check" ]; then
    fetch "$folder/amazon-ecs-init.deb.asc" "$deb_url.asc"
    check_signature "$folder/amazon-ecs-init.deb.asc" "$folder/amazon-ecs-init.deb" amazon-ecs-agent
  fi
  chmod -R a+rX "$folder"
  apt-get install -q -y "$folder/amazon-ecs-init.deb"
  rm -rf "$folder"
  mkdir -p /etc/ecs /var/lib/ecs
  echo "ECS_CLUSTER=$cluster" >>/etc/ecs/ecs.config
  {
    echo "AWS_DEFAULT_REGION=$region"
    echo "ECS_EXTERNAL=true"
    [ -z "$endpoint" ] || echo "ECS_BACKEND_HOST=$endpoint"
    [ -z "$gpu" ] || echo "ECS_ENABLE_GPU_SUPPORT=true"
  } >>/var/lib/ecs/ecs.config
  systemctl enable ecs
  [ -z "$start" ] || systemctl start ecs
}

await_agent() {
  [ -n "$start" ] || return 0
  section "waiting for the ECS agent"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    arn=$(curl -s --max-time 10 http://localhost:51678/v1/metadata | jq -r '.ContainerInstanceArn // empty') || arn=
    if [ -n "$arn" ]; then
      echo "registered as $arn"
      return
    fi
    sleep 10
  done
  stop "the ECS agent did not register; see /var/log/ecs/ecs-agent.log"
}

[ -z "$registration" ] || install_ssm_agent
install_docker
prepare_exec
install_ecs_agent
await_agent
