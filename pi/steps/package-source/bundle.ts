import type { Script } from "../../step.ts";

/** sh that defines `bundle_in_place`; needs `$bundle`, `$sha256` and `$store`. */
export const checkBundle: Script = `\
bundle_in_place() { [ "$(cat "$STATE/bundle" 2>/dev/null)" = "$sha256" ] && [ -s "$store/Packages" ]; }
`;

/**
 * Unpacks the bundle, unless it is there already. What is wrong with it is found before anything is replaced: another
 * content than the one that was pinned, no index, and an index that names files which are not in it.
 */
export const placeBundle: Script = `
refuse_bundle() {
  rm -rf "$STATE/bundle.tar" "$store.new"
  fail "$@"
}

if ! bundle_in_place; then
  [ -e "$bundle" ] || [ -e "$STATE/bundle.tar" ] ||
    fail site.packages.file "$bundle on the host" "must be there, where pulumi carries it to" \\
      "raise site.converge by one and run pulumi up, so that it is carried again"
  # Out of other users' reach before it is looked at.
  [ ! -e "$bundle" ] || mv -f "$bundle" "$STATE/bundle.tar"
  actual=$(sha256sum "$STATE/bundle.tar" | cut -d ' ' -f 1)
  [ "$actual" = "$sha256" ] ||
    refuse_bundle site.packages.file "$actual" "must have the SHA-256 $sha256, which it has on the machine that runs pulumi" \\
      "raise site.converge by one and run pulumi up, so that it is carried again"
  rm -rf "$store.new"
  mkdir -p "$store.new"
  run tar -x --no-same-owner --no-same-permissions -f "$STATE/bundle.tar" -C "$store.new"
  [ -s "$store.new/Packages" ] ||
    refuse_bundle site.packages.file "no file Packages in it" "must hold packages and, beside them, their index" \\
      "in the folder with the packages, run: dpkg-scanpackages --multiversion . >Packages && tar -cf ../packages.tar ."
  sed -n 's/^Filename: //p' "$store.new/Packages" | while IFS= read -r file; do
    [ -e "$store.new/$file" ] || printf '%s\\n' "$file"
  done >"$STATE/lacking"
  if [ -s "$STATE/lacking" ]; then
    lacking=$(head -n 5 "$STATE/lacking" | tr '\\n' ' ')
    rm -f "$STATE/lacking"
    refuse_bundle site.packages.file "without \${lacking% }" "must hold every file that its Packages names" \\
      "run dpkg-scanpackages anew, in the folder with the packages, and pack that whole"
  fi
  chmod -R a+rX "$store.new"
  rm -rf "$store" "$STATE/lacking"
  mv "$store.new" "$store"
  # The lists are those of another bundle.
  rm -f "$STATE/updated"
  printf '%s\\n' "$sha256" >"$STATE/bundle"
  rm -f "$STATE/bundle.tar"
fi
`;
