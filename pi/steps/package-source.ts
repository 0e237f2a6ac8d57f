import { quote } from "../converge.ts";
import { refuse } from "../refuse.ts";
import type { OwnedFile, Script, Step } from "../step.ts";
import { checkBundle, placeBundle } from "./package-source/bundle.ts";

export type PackageSourceArgs =
  | {
      readonly from: "mirror";
      /** Lines of sources.list(5), such as `deb [trusted=yes] http://192.168.1.1:8080/ ./`. */
      readonly sources: readonly string[];
    }
  | {
      readonly from: "bundle";
      /** Where on the host the .tar was carried to; the step takes it away from there. */
      readonly path: string;
      /** Of the .tar: 64 hexadecimal digits. */
      readonly sha256: string;
    };

const folder = "/etc/ecs-anywhere-hybrid/apt";
const state = "/var/lib/ecs-anywhere-hybrid";
/** Where a bundle's files are to be found on the host; `cluster.installer.url` may name one of them. */
export const bundleFolder = `${state}/packages`;
/** Apart from the host's own lists, which apt would clear of what its sources do not name. */
const lists = `${state}/apt/lists`;

/**
 * `site.packages`: apt takes packages of these sources alone, whenever this project's steps or AWS's installer call it.
 * They name the file that this step brings as APT_CONFIG (apt.conf(5)); /etc/apt stays as it is, and so does what the
 * host's own updates do. A bundle is a .tar of packages with their index (deb-src-repo, "flat repository format"), and
 * may also hold ecs-anywhere-install.sh; it is unpacked to `bundleFolder`.
 *
 * Facts: `from` (`mirror` or `bundle`), `sources` (how many).
 *
 * Fails when a source is not reached, when the bundle is another one than its SHA-256 says, and when it has no index.
 */
export function packageSource(args: PackageSourceArgs): Step {
  const sources = args.from === "mirror" ? args.sources : [`deb [trusted=yes] file:${bundleFolder} ./`];
  for (const source of sources)
    if (!/^deb(-src)? \S/.test(source) || /[\n\0]/.test(source))
      refuse(
        "site.packages.sources",
        JSON.stringify(source),
        "must be one line of sources.list(5)",
        'write it as "deb http://192.168.1.5/debian bookworm main"',
      );
  const here =
    args.from === "mirror"
      ? ""
      : `bundle=${quote(args.path)}\nsha256=${args.sha256}\nstore="$ROOT${bundleFolder}"\n${checkBundle}`;
  return {
    name: "package-source",
    files: files(sources),
    ...(args.from === "bundle" && { prepare: `${here}${placeBundle}` }),
    apply,
    verify: `${here}${verify(args, sources)}`,
    settleSeconds: 0,
    undo,
  };
}

const files = (sources: readonly string[]): readonly OwnedFile[] => [
  { path: `${folder}/sources.list`, mode: "644", content: `${sources.join("\n")}\n` },
  {
    path: `${folder}/apt.conf`,
    mode: "644",
    content: `// From ecs-anywhere-hybrid (site.packages): edits are put back. Only its own steps and AWS's installer read it.
Dir::Etc::SourceList "${folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "${lists}/";
Dir::Cache::PkgCache "";
Dir::Cache::SrcPkgCache "";
`,
  },
];

/**
 * apt fetches as the user _apt, who must get as far as the lists and the bundle; each step's own folder stays root's.
 * Goes by the sources that stand on the host: after a failure those are the ones of before.
 */
const apply: Script = `
grep -qF 'file:${bundleFolder} ' "$ROOT${folder}/sources.list" || rm -rf "$ROOT${bundleFolder}" "$STATE/bundle"
chmod 711 "$BASE"
mkdir -p "$ROOT${lists}/partial"
use_apt_sources
status=0
apt_or_fail update || status=$?
failed=$(printf '%s\\n' "\${_output-}" | sed -n 's/^[EW]: //p' | head -n 5)
# What cannot be fetched is only a warning to apt.
case "$status $failed" in
  "0 "*"Failed to fetch"* | [!0]*)
    fail site.packages "$(cat "$ROOT${folder}/sources.list")" "must be a package source in this host's reach" \\
      "check the address, and that apt can read what is there; apt-get update printed:
$failed"
    ;;
esac
cksum <"$ROOT${folder}/sources.list" >"$STATE/updated"
`;

const verify = ({ from }: PackageSourceArgs, sources: readonly string[]): Script => `
[ "$(stat -c %a "$BASE")" = 711 ]
[ "$(cksum <"$ROOT${folder}/sources.list")" = "$(cat "$STATE/updated")" ]
set -- "$ROOT${lists}"/*Packages*
[ -e "$1" ]
${from === "bundle" ? "bundle_in_place\n" : ""}fact from ${from}
fact sources ${sources.length}
`;

const undo: Script = `rm -rf "$ROOT${bundleFolder}" "$ROOT${state}/apt" "$STATE/bundle" "$STATE/updated"\n`;
