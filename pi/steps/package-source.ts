import { fail } from "../../limits/problem.ts";
import { script } from "../script.ts";
import type { OwnedFile, Step } from "../step.ts";

export type PackageSourceArgs =
  | {
      readonly from: "mirror";
      /** Lines of sources.list(5), such as `deb [trusted=yes] http://192.168.1.1:8080/ ./`. */
      readonly sources: readonly string[];
    }
  | {
      readonly from: "bundle";
      /** Where the .tar was uploaded to on the host; the step removes it there. */
      readonly path: string;
      /** Of the .tar: 64 hexadecimal digits. */
      readonly sha256: string;
    };

const folder = "/etc/ecs-anywhere-hybrid/apt";
const sourcesFile = `${folder}/sources.list`;
const state = "/var/lib/ecs-anywhere-hybrid";
/** Where a bundle's files are found on the host; `cluster.installer.url` may name one of them. */
export const bundleFolder = `${state}/packages`;
/** Separate from the host's own lists, from which apt would remove the lists of all other sources. */
const lists = `${state}/apt/lists`;

/**
 * `site.packages`: apt takes packages of these sources alone, whenever this project's steps or AWS's installer call it.
 * They name the file that this step brings as APT_CONFIG (apt.conf(5)); /etc/apt stays as it is, and so does what the
 * host's own updates do. A bundle is a .tar of packages with their index (deb-src-repo, "flat repository format"), and
 * may also hold ecs-anywhere-install.sh; it is unpacked to `bundleFolder`.
 *
 * Facts: `from` (`mirror` or `bundle`), `sources` (how many).
 *
 * Fails when a source is not reached, when the bundle's SHA-256 does not match, and when the bundle has no index.
 *
 * @throws RunError when a source is not one line of sources.list(5)
 */
export function packageSource(args: PackageSourceArgs): Step {
  const sources = args.from === "mirror" ? args.sources : [`deb [trusted=yes] file:${bundleFolder} ./`];
  for (const source of sources)
    if (!/^deb(-src)? \S/.test(source) || /[\n\0]/.test(source))
      fail(
        "site.packages.sources",
        JSON.stringify(source),
        "must be one line of sources.list(5)",
        'write it as "deb http://192.168.1.5/debian bookworm main"',
      );
  return {
    name: "package-source",
    files: files(sources),
    script: script("package-source/bundle.sh", "package-source.sh"),
    variables: {
      FROM: args.from,
      SOURCES: sources.length,
      SOURCES_FILE: sourcesFile,
      LISTS: lists,
      BUNDLE_FOLDER: bundleFolder,
      ...(args.from === "bundle" && { BUNDLE: args.path, SHA256: args.sha256 }),
    },
    settleSeconds: 0,
  };
}

const files = (sources: readonly string[]): readonly OwnedFile[] => [
  { path: sourcesFile, mode: "644", content: `${sources.join("\n")}\n` },
  {
    path: `${folder}/apt.conf`,
    mode: "644",
    content: `// From ecs-anywhere-hybrid (site.packages): edits are put back. Only its own steps and AWS's installer read it.
Dir::Etc::SourceList "${sourcesFile}";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "${lists}/";
Dir::Cache::PkgCache "";
Dir::Cache::SrcPkgCache "";
`,
  },
];
