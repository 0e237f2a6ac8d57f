/**
 * What a site without the internet has: a mirror on its router, with the same Debian packages as the public one and
 * what AWS's installer stands for; or the same in one file, which is uploaded to the hosts over SSH.
 */
import { join } from "node:path";
import { bundleFolder } from "../../pi/steps/package-source.ts";
import { paths, project } from "./paths.ts";
import { start } from "./process.ts";
import { run } from "./run.ts";
import { internet, site } from "./topology.ts";

const installer = "ecs-anywhere-install.sh";
const installers = join(project, "lab/agents");
const address = `http://${site.router}:${site.mirrorPort}`;

/** The settings with which a stack uses it. */
export const siteMirror = {
  /** A line of apt's sources. */
  source: `deb [trusted=yes] ${address}/ ./`,
  installerUrl: `${address}/${installer}`,
} as const;

/** The source of a site's packages, like the stack's `site.packages.from`. */
export const packageSources = ["mirror", "bundle"] as const;
export type PackageSource = (typeof packageSources)[number];

/** The same for a bundle. */
export const siteBundle = {
  file: paths.bundle,
  installerUrl: `file://${bundleFolder}/${installer}`,
} as const;

/** Makes the bundle, with the same bytes every time, since a stack pins them. */
export async function packBundle(): Promise<void> {
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  await run(["tar", ...same, "-cf", siteBundle.file, "-C", paths.mirror, ".", "-C", installers, installer]);
}

/** Starts the mirror, unless it runs. */
export function startSiteMirror(): void {
  const program = join(import.meta.dirname, "site-mirror-main.ts");
  const files = [paths.mirror, join(installers, installer)];
  start("site-mirror", [process.execPath, program, site.router, String(site.mirrorPort), ...files], {
    netns: internet,
  });
}
