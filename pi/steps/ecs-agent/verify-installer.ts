import type { InstallerConfig } from "../../../config/schema.ts";
import { quote } from "../../converge.ts";
import type { Script } from "../../step.ts";
import type { SigningKey } from "./signing-key.ts";

/** sh that defines `download URL FILE` and `refuse FOLDER FIELD VALUE RULE REMEDY`, which leaves nothing that could be run. */
export const download: Script = `\
download() { curl -fsSL --retry 2 --connect-timeout 10 --max-time 120 -o "$2" "$1"; }

refuse() {
  rm -rf "$1"
  shift
  fail "$@"
}
`;

/**
 * sh that defines `fetch_installer FOLDER`: puts the installer into FOLDER/install.sh, or fails and leaves nothing
 * that could be run. Either its SHA-256 is the pinned one, or it carries a good signature by the one trusted key. Needs
 * `download` and `signedBy`.
 */
export function fetchInstaller({ url, sha256 }: InstallerConfig, key: SigningKey): string {
  return `\
installer_url=${quote(url)}
installer_sha256=${quote(sha256 ?? "")}

check_sha256() {
  actual=$(sha256sum "$1/install.sh.part" | cut -d ' ' -f 1)
  [ "$actual" = "$installer_sha256" ] || refuse "$1" cluster.installer.sha256 "$installer_sha256" \\
    "$installer_url must have this SHA-256 but has $actual, so it was not run" "read what changed in it, then pin its new SHA-256"
}

check_signature() {
  download "$installer_url.asc" "$1/install.sh.asc" 2>"$1/curl" || refuse "$1" cluster.installer.url "$installer_url" \\
    "must be signed by the key ${key.fingerprint}, but $installer_url.asc cannot be had ($(tail -n 1 "$1/curl")), so it was not run" \\
    "use AWS's address, or pin cluster.installer.sha256"
  printf '%s' ${quote(key.publicKey)} >"$1/signer.asc"
  signed_by "$1" "$1/install.sh.part" "$1/install.sh.asc" "$1/signer.asc" ${key.fingerprint} && return
  case "$flawed" in
  tampered) remedy="try again, and if it stays so, tell AWS" ;;
  *) remedy="use AWS's address, or pin cluster.installer.sha256" ;;
  esac
  refuse "$1" cluster.installer.url "$installer_url" "$flaw, so it was not run" "$remedy"
}

fetch_installer() {
  download "$installer_url" "$1/install.sh.part" 2>"$1/curl" || refuse "$1" cluster.installer.url "$installer_url" \\
    "must be in this host's reach, but: $(tail -n 1 "$1/curl")" "check the address, the host's DNS and its way out"
  if [ -n "$installer_sha256" ]; then check_sha256 "$1"; else check_signature "$1"; fi
  mv "$1/install.sh.part" "$1/install.sh"
}
`;
}
