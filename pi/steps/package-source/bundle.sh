# package-source, from a bundle.

bundle_in_place() {
  [ "$(cat "$STATE/bundle" 2>/dev/null)" = "$SHA256" ] && [ -s "$ROOT$BUNDLE_FOLDER/Packages" ]
}

# Unpacks the bundle. Checks it before anything is replaced: a content different from the
# pinned one, no index, and an index that names missing files are errors.
place_bundle() {
  local unpacked
  unpacked=$ROOT$BUNDLE_FOLDER.new
  take_bundle
  rm -rf "$unpacked"
  mkdir -p "$unpacked"
  run tar -x --no-same-owner --no-same-permissions -f "$STATE/bundle.tar" -C "$unpacked"
  check_index "$unpacked"
  chmod -R a+rX "$unpacked"
  rm -rf "$ROOT$BUNDLE_FOLDER"
  mv "$unpacked" "$ROOT$BUNDLE_FOLDER"
  # The lists belong to another bundle.
  rm -f "$STATE/updated"
  printf '%s\n' "$SHA256" >"$STATE/bundle"
  rm -f "$STATE/bundle.tar"
}

# Moves the upload to $STATE/bundle.tar, out of other users' reach, before anything reads it.
take_bundle() {
  local actual
  if [ -e "$BUNDLE" ]; then
    mv -f "$BUNDLE" "$STATE/bundle.tar"
  elif [ ! -e "$STATE/bundle.tar" ]; then
    fail site.packages.file "$BUNDLE on the host" "must be there, where pulumi uploads it to" \
      "raise site.converge by one and run pulumi up, so that it is uploaded again"
  fi
  actual=$(sha256sum "$STATE/bundle.tar" | cut -d ' ' -f 1)
  [ "$actual" = "$SHA256" ] ||
    refuse_bundle "$actual" "must have the SHA-256 $SHA256, which it has on the machine that runs pulumi" \
      "raise site.converge by one and run pulumi up, so that it is uploaded again"
}

# FOLDER
check_index() {
  local missing
  [ -s "$1/Packages" ] ||
    refuse_bundle "no file Packages in it" "must hold packages and, beside them, their index" \
      "in the folder with the packages, run: dpkg-scanpackages --multiversion . >Packages && tar -cf ../packages.tar ."
  missing=$(print_missing "$1" | head -n 5 | tr '\n' ' ')
  [ -z "$missing" ] ||
    refuse_bundle "without ${missing% }" "must hold every file that its Packages names" \
      "run dpkg-scanpackages again, in the folder with the packages, and pack that whole"
}

# FOLDER: prints the files that its index names and that are missing.
print_missing() {
  local file
  sed -n 's/^Filename: //p' "$1/Packages" | while IFS= read -r file; do
    [ -e "$1/$file" ] || printf '%s\n' "$file"
  done
}

# VALUE RULE REMEDY
refuse_bundle() {
  rm -rf "$STATE/bundle.tar" "$ROOT$BUNDLE_FOLDER.new"
  fail site.packages.file "$@"
}
