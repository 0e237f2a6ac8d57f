import { quote } from "../../converge.ts";
import type { Script } from "../../step.ts";
import type { SigningKey } from "./signing-key.ts";

/** Who must have signed the agents' packages. */
export interface PackageSigners {
  readonly ssmAgent: SigningKey;
  readonly ecsAgent: SigningKey;
}

/**
 * sh that defines `bring_packages FOLDER`: the SSM agent's and the ECS agent's packages from the Region's S3, which has a
 * private endpoint, checked here. AWS's installer would fetch the same ones, but the keys to check them with from GitHub;
 * finding both installed, it only registers the host (scripts/ecs-anywhere-install.sh of aws/amazon-ecs-agent,
 * `install-ssm-agent`, `install-ecs-agent`). Needs `download`, `signedBy` and `$region`.
 *
 * @param sha256 a package must have one of these SHA-256 sums; none: it must carry its signer's signature
 */
export function bringPackages(sha256: readonly string[], signers: PackageSigners): Script {
  const { ssmAgent, ecsAgent } = signers;
  return `\
package_sums=${quote(sha256.join(" "))}

# FOLDER NAME URL SIGNATURE FINGERPRINT; the signer's key is at FOLDER/NAME.key.
bring_package() {
  deb="$1/$2.deb"
  download "$3" "$deb" 2>"$1/curl" || refuse "$1" privateEndpoints.services "$3" \\
    "must be in this host's reach, but: $(tail -n 1 "$1/curl")" "check the endpoint s3, and what its policy lets through"
  if [ -n "$package_sums" ]; then
    actual=$(sha256sum "$deb" | cut -d ' ' -f 1)
    case " $package_sums " in
    *" $actual "*) ;;
    *)
      refuse "$1" cluster.installer.packagesSha256 "$actual" "$3 must have one of the SHA-256 sums that are pinned, so it was not installed" \\
        "see what changed in it, then pin its new SHA-256 too"
      ;;
    esac
  else
    download "$3.$4" "$deb.$4" 2>"$1/curl" || refuse "$1" privateEndpoints.services "$3.$4" \\
      "must be in this host's reach, but: $(tail -n 1 "$1/curl")" "check the endpoint s3, and what its policy lets through"
    signed_by "$1" "$deb" "$deb.$4" "$1/$2.key" "$5" || {
      case "$flawed" in
      tampered) remedy="try again, and if it stays so, tell AWS" ;;
      *) remedy="AWS may have a new key: take this project's next release, or pin cluster.installer.packagesSha256" ;;
      esac
      refuse "$1" "$2" "$3" "$flaw, so it was not installed" "$remedy"
    }
  fi
  apt_or_fail install "$deb" || refuse "$1" "apt-get install $2" "exit status $_status" "must be 0" "it printed:
$_output"
}

bring_packages() {
  case "$(uname -m)" in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) refuse "$1" "hosts.$host.node" "$(uname -m)" "must be x86_64 or aarch64, for which AWS has packages" "use a 64-bit system" ;;
  esac
  case "$region" in cn-*) s3="https://s3.$region.amazonaws.com.cn" ;; *) s3="https://s3.$region.amazonaws.com" ;; esac
  if [ ! -e "$ROOT/usr/bin/amazon-ssm-agent" ]; then
    printf '%s' ${quote(ssmAgent.publicKey)} >"$1/amazon-ssm-agent.key"
    bring_package "$1" amazon-ssm-agent "$s3/amazon-ssm-$region/latest/debian_$architecture/amazon-ssm-agent.deb" sig ${ssmAgent.fingerprint}
  fi
  # By this the installer tells that it is there.
  systemctl --quiet enable amazon-ssm-agent
  if [ ! -x "$ROOT/usr/libexec/amazon-ecs-init" ]; then
    printf '%s' ${quote(ecsAgent.publicKey)} >"$1/amazon-ecs-init.key"
    bring_package "$1" amazon-ecs-init "$s3/amazon-ecs-agent-$region/amazon-ecs-init-latest.$architecture.deb" asc ${ecsAgent.fingerprint}
    # It has nothing to register with yet.
    systemctl stop ecs 2>/dev/null || :
  fi
}
`;
}
