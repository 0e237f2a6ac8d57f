#!/usr/bin/env bash
# Usage: .ci/strange-machine.sh COMMAND… runs the command for a person with settings, files and programs of their own for
# everything that might reach a test; each of them makes a test fail that it reaches.
set -euo pipefail

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

own() {
  mkdir -p "$(dirname "$home/$1")"
  cat >"$home/$1"
}
for name in aws charon-systemd curl dig dnsmasq docker gpg ip nft openssl pulumi python3 shellcheck ssh-agent ssh-keyscan; do
  printf '#!/bin/sh\necho "%s: a program of the person'\''s" >&2\nexit 99\n' "$name" | own "bin/$name"
done
for name in command-v1.2.1 tls-v5.6.1; do
  printf '#!/bin/sh\nexit 99\n' | own ".pulumi/plugins/resource-$name/pulumi-resource-${name%-v*}"
done
chmod -R +x "$home/bin" "$home/.pulumi/plugins"
printf 'Host *\n  ProxyCommand false\n' | own .ssh/config
printf '[default]\nregion = mars-north-1\n' | own .aws/config
printf '[init]\n  templateDir = /nowhere\n' | own .gitconfig
printf '{"credHelpers": {"*": "nowhere"}}\n' | own .docker/config.json
printf 'proxy = "http://127.0.0.1:9"\n' | own .curlrc
printf 'no-such-option\n' | own .gnupg/gpg.conf
printf 'raise SystemExit(99)\n' | own python/sitecustomize.py
for name in .profile .bashrc; do echo 'exit 99' | own "$name"; done

umask 077
env \
  ALL_PROXY=http://127.0.0.1:9 \
  AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE \
  AWS_ENDPOINT_URL=http://127.0.0.1:9 \
  AWS_PROFILE=work \
  AWS_REGION=mars-north-1 \
  BASH_ENV="$home/.bashrc" \
  CURL_HOME="$home" \
  DOCKER_HOST=tcp://127.0.0.1:9 \
  ENV="$home/.profile" \
  FORCE_COLOR=3 \
  GNUPGHOME="$home/.gnupg" \
  HOME="$home" \
  LANG=tr_TR.UTF-8 \
  LC_ALL=tr_TR.UTF-8 \
  PATH="$home/bin:$PATH" \
  PULUMI_BACKEND_URL=file:///nowhere \
  PULUMI_CONFIG_PASSPHRASE=secret \
  PULUMI_HOME="$home/.pulumi" \
  PYTHONPATH="$home/python" \
  REDIS_HOST=127.0.0.9 \
  SSH_AUTH_SOCK=/nowhere/agent \
  TZ=Pacific/Kiritimati \
  XDG_CONFIG_HOME="$home/.config" \
  "$@"
