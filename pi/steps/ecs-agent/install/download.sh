# URL FILE; the error is in $WORK/curl.
download() {
  curl -fsSL --retry 2 --connect-timeout 10 --max-time 120 -o "$2" "$1" 2>"$WORK/curl"
}

why_no_download() {
  tail -n 1 "$WORK/curl"
}

# FIELD VALUE RULE REMEDY: fails, and leaves nothing that could be run.
reject() {
  rm -rf "$WORK"
  fail "$@"
}

# FILE: prints its SHA-256.
sha256_of() {
  local sum
  sum=$(sha256sum "$1")
  printf '%s\n' "${sum%% *}"
}

# FILE SIGNATURE KEY FINGERPRINT: whether the file carries a good signature by the primary key of that fingerprint, of which
# KEY is the public part. When not, sets `flaw`, the rule that is broken, and `flawed` (`tampered`, `expired` or `stranger`).
signed_by() {
  local keyring seen good primary by
  # A separate keyring: keys that this host happens to trust must not vouch for the file.
  keyring=$WORK/keyring
  rm -rf "$keyring"
  (umask 077 && mkdir -p "$keyring")
  printf '%s\n' "$3" | gpg --batch --quiet --no-autostart --homedir "$keyring" --import 2>/dev/null || :
  good=yes
  seen=$(gpg --batch --no-autostart --homedir "$keyring" --status-fd 1 --verify "$2" "$1" 2>/dev/null) || good=no
  # VALIDSIG ends in the primary key's fingerprint; GOODSIG is absent when a key has expired or was revoked.
  primary=$(printf '%s\n' "$seen" | awk '$2 == "VALIDSIG" { print $NF }')
  case $good/$primary/$seen in
    "yes/$4/"*GOODSIG*) return 0 ;;
    *BADSIG*)
      flawed=tampered
      flaw="must have a signature that fits its content, but it was tampered with or cut off on the way"
      ;;
    */"$4/"*)
      flawed=expired
      flaw="must be signed by the key $4, but that key has expired or was revoked"
      ;;
    *)
      flawed=stranger
      by=$(printf '%s\n' "$seen" | awk '$2 == "ERRSIG" || $2 == "GOODSIG" { print $3; exit }')
      flaw="must be signed by the key $4, but is signed by ${by:-no key}"
      ;;
  esac
  return 1
}
