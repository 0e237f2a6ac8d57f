import type { Script } from "../../step.ts";

/**
 * sh that defines `signed_by FOLDER FILE SIGNATURE KEY FINGERPRINT`: whether the file carries a good signature by the
 * primary key of that fingerprint. KEY is a file with the public key, FOLDER one to work in. When not, sets `flaw`, the
 * rest of a sentence about the file, and `flawed` (`tampered`, `expired` or `stranger`).
 */
export const signedBy: Script = `\
signed_by() {
  # A keyring of its own: no key that this host happens to trust may vouch for the file.
  rm -rf "$1/keyring"
  (umask 077 && mkdir -p "$1/keyring")
  gpg --batch --quiet --no-autostart --homedir "$1/keyring" --import "$4" 2>/dev/null || :
  seen=$(gpg --batch --no-autostart --homedir "$1/keyring" --status-fd 1 --verify "$3" "$2" 2>/dev/null) && good=yes || good=no
  # VALIDSIG ends in the primary key's fingerprint; GOODSIG is absent when a key has expired or was revoked.
  primary=$(printf '%s\\n' "$seen" | awk '$2 == "VALIDSIG" { print $NF }')
  case "$good/$primary/$seen" in
  "yes/$5/"*GOODSIG*) return 0 ;;
  *BADSIG*)
    flawed=tampered
    flaw="its signature must fit its content, but it was tampered with or cut off on the way"
    ;;
  */"$5/"*)
    flawed=expired
    flaw="must be signed by the key $5, but that key has expired or was revoked"
    ;;
  *)
    by=$(printf '%s\\n' "$seen" | awk '$2 == "ERRSIG" || $2 == "GOODSIG" { print $3; exit }')
    flawed=stranger
    flaw="must be signed by the key $5, but is signed by \${by:-nobody}"
    ;;
  esac
  return 1
}
`;
