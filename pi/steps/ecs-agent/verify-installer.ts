import type { InstallerConfig } from "../../../config/schema.ts";
import { quote } from "../../converge.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * sh that defines `fetch_installer FOLDER`: puts the installer into FOLDER/install.sh, or fails and leaves nothing
 * that could be run. Either its SHA-256 is the pinned one, or it carries a good signature by the one trusted key.
 */
export function fetchInstaller({ url, sha256 }: InstallerConfig, key: SigningKey): string {
  return `\
installer_url=${quote(url)}
installer_sha256=${quote(sha256 ?? "")}
signer=${quote(key.fingerprint)}

download() { curl -fsSL --retry 2 --connect-timeout 10 --max-time 120 -o "$2" "$1"; }

# FOLDER FIELD VALUE RULE REMEDY
refuse() {
  rm -rf "$1"
  shift
  fail "$@"
}

check_sha256() {
  actual=$(sha256sum "$1/install.sh.part" | cut -d ' ' -f 1)
  [ "$actual" = "$installer_sha256" ] || refuse "$1" cluster.installer.sha256 "$installer_sha256" \\
    "$installer_url must have this SHA-256 but has $actual, so it was not run" "read what changed in it, then pin its new SHA-256"
}

check_signature() {
  download "$installer_url.asc" "$1/install.sh.asc" 2>"$1/curl" || refuse "$1" cluster.installer.url "$installer_url" \\
    "must be signed by the key $signer, but $installer_url.asc cannot be had ($(tail -n 1 "$1/curl")), so it was not run" \\
    "use AWS's address, or pin cluster.installer.sha256"
  # A keyring of its own: no key that this host happens to trust may vouch for the installer.
  (umask 077 && mkdir -p "$1/keyring")
  printf '%s' ${quote(key.publicKey)} >"$1/signer.asc"
  gpg --batch --quiet --no-autostart --homedir "$1/keyring" --import "$1/signer.asc" 2>/dev/null || :
  seen=$(gpg --batch --no-autostart --homedir "$1/keyring" --status-fd 1 --verify "$1/install.sh.asc" "$1/install.sh.part" \\
    2>/dev/null) && good=yes || good=no
  # VALIDSIG ends in the primary key's fingerprint; GOODSIG is absent when a key has expired or was revoked.
  primary=$(printf '%s\\n' "$seen" | awk '$2 == "VALIDSIG" { print $NF }')
  case "$good/$primary/$seen" in
  "yes/$signer/"*GOODSIG*) ;;
  *BADSIG*)
    refuse "$1" cluster.installer.url "$installer_url" \\
      "its signature must fit its content, but it was tampered with or cut off on the way, so it was not run" \\
      "try again, and if it stays so, tell AWS"
    ;;
  *)
    by=$(printf '%s\\n' "$seen" | awk '$2 == "ERRSIG" || $2 == "GOODSIG" { print $3; exit }')
    refuse "$1" cluster.installer.url "$installer_url" \\
      "must be signed by the key $signer, but is signed by \${by:-nobody}, so it was not run" \\
      "use AWS's address, or pin cluster.installer.sha256"
    ;;
  esac
}

fetch_installer() {
  download "$installer_url" "$1/install.sh.part" 2>"$1/curl" || refuse "$1" cluster.installer.url "$installer_url" \\
    "must be in this host's reach, but: $(tail -n 1 "$1/curl")" "check the address, the host's DNS and its way out"
  if [ -n "$installer_sha256" ]; then check_sha256 "$1"; else check_signature "$1"; fi
  mv "$1/install.sh.part" "$1/install.sh"
}
`;
}
