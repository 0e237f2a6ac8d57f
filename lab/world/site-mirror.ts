/** The site's own mirror on its router: the same Debian packages as the public one, and what AWS's installer stands for. */
import { join } from "node:path";
import { paths, project } from "./paths.ts";
import { start } from "./process.ts";
import { internet, site } from "./topology.ts";

const installer = "ecs-anywhere-install.sh";
const address = `http://${site.router}:${site.mirrorPort}`;

/** What a stack says to use it. */
export const siteMirror = {
  /** A line of apt's sources. */
  source: `deb [trusted=yes] ${address}/ ./`,
  installerUrl: `${address}/${installer}`,
} as const;

/** Starts it, unless it runs. */
export function startSiteMirror(): void {
  const program = join(import.meta.dirname, "site-mirror-main.ts");
  const files = [paths.mirror, join(project, "lab/agents", installer)];
  start("site-mirror", [process.execPath, program, site.router, String(site.mirrorPort), ...files], {
    netns: internet,
  });
}
