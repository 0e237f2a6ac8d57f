# package-source: apt takes packages of these sources alone, whenever this project's steps or AWS's installer call it.
#
# FROM           mirror or bundle
# SOURCES        the number of sources in SOURCES_FILE
# LISTS          folder of what apt fetched of them
# BUNDLE_FOLDER  where a bundle's files are found on the host
# BUNDLE SHA256  where the .tar was uploaded to, and its digest; from a bundle
#
# $STATE/bundle   digest of the bundle in BUNDLE_FOLDER
# $STATE/updated  checksum of the sources that were fetched last

step_prepare() {
  if [ "$FROM" = bundle ] && ! bundle_in_place; then place_bundle; fi
}

# Goes by the sources on the host: after a failure those are the former ones.
step_apply() {
  local status problems
  grep -qF "file:$BUNDLE_FOLDER " "$ROOT$SOURCES_FILE" || rm -rf "$ROOT$BUNDLE_FOLDER" "$STATE/bundle"
  # apt fetches as the user _apt, who must get as far as the lists and the bundle; each step's own folder stays root's.
  chmod 711 "$BASE"
  mkdir -p "$ROOT$LISTS/partial"
  use_apt_sources
  status=0
  apt_or_fail update || status=$?
  problems=$(printf '%s\n' "${_output-}" | sed -n 's/^[EW]: //p' | head -n 5)
  # For apt a failed download is only a warning.
  case "$status $problems" in
    "0 "*"Failed to fetch"* | [!0]*)
      fail site.packages "$(cat "$ROOT$SOURCES_FILE")" "must be a package source in this host's reach" \
        "check the address, and that apt can read what is there; apt-get update printed:$NL$problems"
      ;;
  esac
  cksum <"$ROOT$SOURCES_FILE" >"$STATE/updated"
}

step_verify() {
  [ "$(stat -c %a "$BASE")" = 711 ]
  [ "$(cksum <"$ROOT$SOURCES_FILE")" = "$(cat "$STATE/updated")" ]
  set -- "$ROOT$LISTS"/*Packages*
  [ -e "$1" ]
  [ "$FROM" != bundle ] || bundle_in_place
  fact from "$FROM"
  fact sources "$SOURCES"
}

step_undo() {
  rm -rf "$ROOT$BUNDLE_FOLDER" "$ROOT${LISTS%/*}" "$STATE/bundle" "$STATE/updated"
}
