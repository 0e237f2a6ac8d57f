# AWS's installer, of which nothing is run unless its SHA-256 is the pinned one, or it carries a good signature by the one
# trusted key.
#
# INSTALLER_URL; INSTALLER_SHA256: empty unless pinned; INSTALLER_KEY, INSTALLER_FINGERPRINT: of the trusted key; the key is
# empty for AWS's own

# Puts it into $WORK/install.sh.
fetch_installer() {
  download "$INSTALLER_URL" "$WORK/install.sh.part" ||
    reject cluster.installer.url "$INSTALLER_URL" "must be in this host's reach, but: $(why_no_download)" \
      "check the address, the host's DNS and its way out"
  if [ -n "$INSTALLER_SHA256" ]; then check_installer_sum; else check_installer_signature; fi
  mv "$WORK/install.sh.part" "$WORK/install.sh"
}

check_installer_sum() {
  local actual
  actual=$(sha256_of "$WORK/install.sh.part")
  [ "$actual" = "$INSTALLER_SHA256" ] ||
    reject cluster.installer.sha256 "$INSTALLER_SHA256" \
      "must be the SHA-256 of $INSTALLER_URL, but that has $actual, so it was not run" \
      "read what changed in it, then pin its new SHA-256"
}

check_installer_signature() {
  local remedy key
  remedy="use AWS's address, or pin cluster.installer.sha256"
  key=${INSTALLER_KEY:-$(amazon_ecs_key)}
  download "$INSTALLER_URL.asc" "$WORK/install.sh.asc" ||
    reject cluster.installer.url "$INSTALLER_URL" \
      "must be signed by the key $INSTALLER_FINGERPRINT, but $INSTALLER_URL.asc cannot be downloaded ($(why_no_download)), so it was not run" \
      "$remedy"
  if signed_by "$WORK/install.sh.part" "$WORK/install.sh.asc" "$key" "$INSTALLER_FINGERPRINT"; then return; fi
  if [ "$flawed" = tampered ]; then remedy="try again, and if it stays so, tell AWS"; fi
  reject cluster.installer.url "$INSTALLER_URL" "$flaw, so it was not run" "$remedy"
}
