import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";
import type { EcsAgentArgs } from "../../pi/steps/ecs-agent.ts";
import { ScratchRoot } from "./scratch-root.ts";

/** The activation code that the fake Systems Manager accepts. */
export const code = "T0psecretActivati0n";

/**
 * A host for the ECS agent's step, on which files of the scratch root play AWS:
 *
 * - `/refusal`: what Systems Manager answers to a registration, instead of a managed instance
 * - `/late`: the SSM agent, once started, has no credentials yet
 * - `/forgotten`: a managed instance that AWS has no credentials for any more
 * - `/aws-unreachable`: no call reaches AWS
 * - `/cluster`: container instances that ECS tells of, as DescribeContainerInstances does, whatever it is asked for
 * - `/apt-locks`: how many times the installer finds apt locked
 * - `/refusals`: how many calls for them AWS refuses, as it does until a role's new permission has come round
 *
 * The Region's S3 is the folder `s3` beside the root, by bucket and key; `publish` puts the agents' packages there.
 */
export class Node extends ScratchRoot {
  readonly installerPath: string;

  constructor() {
    super();
    this.installerPath = join(this.root, "../ecs-anywhere-install.sh");
    fs.writeFileSync(this.installerPath, installer(this.root));
    this.fake("amazon-ssm-agent", ssmAgent);
    this.fake("systemctl", systemctl);
    this.fake("curl", curl);
    for (const path of ["/root", "/var/log"]) {
      fs.mkdirSync(this.path(path));
    }
    this.fake("docker");
    // remove_packages asks dpkg what is installed, and apt what a purge would remove.
    this.fakeInstalled("/var/lib/fake/");
    this.fake("apt-get", apt);
  }

  get installerUrl(): string {
    return `file://${this.installerPath}`;
  }

  get installerSha256(): string {
    return createHash("sha256").update(installer(this.root)).digest("hex");
  }

  /** Returns the path of a file of the Region's S3: for `publish`, or to change or remove the file. */
  inS3(path: string): string {
    return join(this.root, "../s3", path);
  }

  /** Puts both agents' packages into S3, for both architectures, each with its signature. */
  async publish(sign: (content: Buffer, form: "armored" | "binary") => Promise<Buffer>): Promise<void> {
    for (const architecture of ["amd64", "arm64"]) {
      const ssm = this.inS3(`amazon-ssm-us-east-1/latest/debian_${architecture}/amazon-ssm-agent.deb`);
      const ecs = this.inS3(`amazon-ecs-agent-us-east-1/amazon-ecs-init-latest.${architecture}.deb`);
      for (const [path, signature, form] of [
        [ssm, `${ssm}.sig`, "binary"],
        [ecs, `${ecs}.asc`, "armored"],
      ] as const) {
        const content = Buffer.from(`a package of ${architecture}`);
        fs.mkdirSync(dirname(path), { recursive: true });
        fs.writeFileSync(path, content);
        fs.writeFileSync(signature, await sign(content, form));
      }
    }
  }

  tamperInstaller(): void {
    fs.appendFileSync(this.installerPath, "echo owned\n");
  }

  /** The ECS agent ends unasked. */
  agentDies(): void {
    fs.rmSync(this.path("/run/metadata.json"), { force: true });
  }

  /** Removes the fakes' own traces. */
  forget(): void {
    for (const name of fs.readdirSync(this.root)) {
      if (
        /^(installer-ran|installer-brought|config-at-registration|arguments-with-code|environment-with-code|aws-stdin|cluster)$/.test(
          name,
        )
      ) {
        fs.rmSync(this.path(name));
      }
    }
    fs.rmSync(this.path("/var/lib/fake"), { recursive: true, force: true });
  }
}

/** Returns a node that is removed when the test ends. */
export function node(t: ExecutionContext): Node {
  const made = new Node();
  t.teardown(() => made.remove());
  return made;
}

/** The arguments that make the host a node of the cluster `home`, with the node's installer pinned. */
export const args = (at: Node, more: Partial<EcsAgentArgs> = {}): EcsAgentArgs => ({
  host: "pi-1",
  region: "us-east-1",
  clusterName: "home",
  attributes: { redis: "true" },
  activationId: "11111111-2222-4333-8444-555555555555",
  activationCode: code,
  installer: { url: at.installerUrl, sha256: at.installerSha256, packagesSha256: [] },
  ...more,
});

/** The changes that AWS's installer makes to a host's files, in its order. */
const installer = (root: string) => `#!/bin/bash
set -e
ROOT='${root}'
while [ -n "$1" ]; do
  case "$1" in
  --region) region=$2; shift 2 ;;
  --cluster) cluster=$2; shift 2 ;;
  --activation-id) id=$2; shift 2 ;;
  --activation-code) code=$2; shift 2 ;;
  --docker-install-source) [ "$2" = none ]; shift 2 ;;
  --no-start) shift ;;
  *) echo "invalid option: [$1]"; exit 1 ;;
  esac
done
printf '%s' "\${APT_CONFIG-}" >"$ROOT/installer-ran"
locks=$(cat "$ROOT/apt-locks" 2>/dev/null || echo 0)
if [ "$locks" != 0 ]; then
  echo $((locks - 1)) >"$ROOT/apt-locks"
  echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (unattended-upgr)'
  exit 100
fi
for process in $$ $PPID $(ps -o ppid= -p $PPID); do
  tr '\\0' ' ' <"/proc/$process/cmdline" | grep -F "$code" || :
done >"$ROOT/arguments-with-code"
tr '\\0' '\\n' <"/proc/$$/environ" | grep -F "$code" >"$ROOT/environment-with-code" || :
cp "$ROOT/etc/ecs/ecs.config" "$ROOT/config-at-registration"
mkdir -p "$ROOT/usr/bin" "$ROOT/usr/libexec" "$ROOT/var/lib/ecs" "$ROOT/var/log/ecs" "$ROOT/var/lib/fake"
if [ ! -e "$ROOT/usr/bin/amazon-ssm-agent" ]; then
  echo amazon-ssm-agent >>"$ROOT/installer-brought"
  touch "$ROOT/usr/bin/amazon-ssm-agent" "$ROOT/var/lib/fake/amazon-ssm-agent"
fi
grep -q '"instanceID":"mi-' "$ROOT/var/lib/amazon/ssm/Vault/Store/RegistrationKey" 2>/dev/null ||
  amazon-ssm-agent -register -code "$code" -id "$id" -region "$region"
mkdir ssm-binaries && rmdir ssm-binaries
if [ ! -x "$ROOT/usr/libexec/amazon-ecs-init" ]; then
  echo amazon-ecs-init >>"$ROOT/installer-brought"
  install -m 755 /dev/null "$ROOT/usr/libexec/amazon-ecs-init"
  touch "$ROOT/var/lib/fake/amazon-ecs-init"
  echo "ECS_CLUSTER=$cluster" >>"$ROOT/etc/ecs/ecs.config"
  printf 'AWS_DEFAULT_REGION=%s\\nECS_EXTERNAL=true\\n' "$region" >>"$ROOT/var/lib/ecs/ecs.config"
fi
echo "the code is $code"
`;

/** Purges by name; installs a package that is a file. */
const apt = `
case " $* " in
*" purge "*)
  case "$*" in
  *" -s "*) ;;
  *)
    for name; do rm -rf "$ROOT/var/lib/fake/$name"; done
    rm -rf "$ROOT/usr/bin" "$ROOT/usr/libexec"
    ;;
  esac
  ;;
*" install /"*.deb" ")
  for deb; do :; done
  name=$(basename "$deb" .deb)
  mkdir -p "$ROOT/usr/bin" "$ROOT/usr/libexec" "$ROOT/var/lib/fake"
  case $name in
  amazon-ssm-agent) touch "$ROOT/usr/bin/$name" ;;
  amazon-ecs-init) install -m 755 /dev/null "$ROOT/usr/libexec/$name" ;;
  esac
  touch "$ROOT/var/lib/fake/$name"
  ;;
esac
`;

const ssmAgent = `
store="$ROOT/var/lib/amazon/ssm/Vault/Store"
mkdir -p "$store"
case "$*" in
*-clear*) printf '{"instanceID":"","region":""}' >"$store/RegistrationKey"; exit ;;
esac
printf '{"instanceID":"","region":""}' >"$store/RegistrationKey"
if [ -e "$ROOT/refusal" ]; then
  echo "ERROR Registration failed due to error registering the instance with AWS SSM. $(cat "$ROOT/refusal"): "
  exit 1
fi
n=$(($(cat "$ROOT/var/lib/fake/hosts" 2>/dev/null || echo 0) + 1))
echo $n >"$ROOT/var/lib/fake/hosts"
printf '{"instanceID":"mi-%017d","region":"%s"}' $n "$7" >"$store/RegistrationKey"
`;

const systemctl = `
mi=$(sed -n 's/.*"instanceID":"\\([^"]*\\)".*/\\1/p' "$ROOT/var/lib/amazon/ssm/Vault/Store/RegistrationKey" 2>/dev/null)
db="$ROOT/var/lib/ecs/data/agent.db"
case "$*" in
*"start amazon-ssm-agent")
  [ -n "$mi" ] && [ ! -e "$ROOT/late" ] || exit 0
  mkdir -p "$ROOT/root/.aws"
  printf '[default]\\naws_access_key_id     = ASIAFAKE\\naws_secret_access_key = FAKESECRET\\naws_session_token     = FAKETOKEN\\n' >"$ROOT/root/.aws/credentials"
  ;;
"stop ecs"*) rm -f "$ROOT/run/metadata.json" ;;
"restart ecs")
  rm -f "$ROOT/run/metadata.json"
  cluster=$(sed -n 's/^ECS_CLUSTER=//p' "$ROOT/etc/ecs/ecs.config" | tail -n 1)
  [ -s "$ROOT/root/.aws/credentials" ] || exit 0
  [ "$cluster" != nowhere ] && [ "$mi" != "$(cat "$ROOT/forgotten" 2>/dev/null)" ] || exit 0
  if [ -e "$db" ]; then
    read -r saved n <"$db"
    [ "$saved" = "$cluster" ] || exit 0
  else
    n=$(($(cat "$ROOT/var/lib/fake/instances" 2>/dev/null || echo 0) + 1))
    echo $n >"$ROOT/var/lib/fake/instances"
    mkdir -p "$ROOT/var/lib/ecs/data"
    echo "$cluster $n" >"$db"
  fi
  printf '{"Cluster":"%s","ContainerInstanceArn":"arn:aws:ecs:us-east-1:123456789012:container-instance/%s/%s","Version":"Amazon ECS Agent - v1.105.1 (f00)"}' \\
    "$cluster" "$cluster" "$n" >"$ROOT/run/metadata.json"
  ;;
esac
`;

const curl = `
case "$*" in
*localhost:51678/v1/metadata) [ -e "$ROOT/run/metadata.json" ] && cat "$ROOT/run/metadata.json" || exit 7 ;;
*localhost:51678/v1/tasks) [ -e "$ROOT/run/metadata.json" ] && echo '{"Tasks":[]}' || exit 7 ;;
*--aws-sigv4*)
  cat >"$ROOT/aws-stdin"
  [ ! -e "$ROOT/aws-unreachable" ] || { echo 'curl: (28) Connection timed out'; exit 28; }
  case "$*" in
  *.ListContainerInstances* | *.DescribeContainerInstances*)
    left=$(cat "$ROOT/refusals" 2>/dev/null || echo 0)
    [ "$left" = 0 ] || { echo $((left - 1)) >"$ROOT/refusals"; echo '{"__type":"AccessDeniedException"}'; exit 22; }
    [ -e "$ROOT/cluster" ] || echo '[]' >"$ROOT/cluster"
    arns=$(grep -o '"containerInstanceArn":"[^"]*"' "$ROOT/cluster" | cut -d: -f2- | paste -s -d,) || :
    printf '{"containerInstances":%s,"containerInstanceArns":[%s]}\\n' "$(cat "$ROOT/cluster")" "$arns"
    ;;
  esac
  ;;
*https://s3.us-east-1.amazonaws.com/*)
  for url; do :; done
  while [ "$1" != -o ]; do shift; done
  exec /usr/bin/curl -fsS -o "$2" "file://$ROOT/../s3/\${url#https://s3.us-east-1.amazonaws.com/}"
  ;;
*) exec /usr/bin/curl "$@" ;;
esac
`;
