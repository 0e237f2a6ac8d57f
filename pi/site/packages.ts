import type { PackagesConfig } from "../../config/schema.ts";
import { packageSource } from "../steps/package-source.ts";
import type { SiteArgs } from "./args.ts";
import type { Machine } from "./machine.ts";

/** Where the host's packages come from, before anything is installed; nothing where it is not said. */
export function packages({ pi }: Machine, { site }: SiteArgs): void {
  if (site.packages) pi.run("package-source", source(pi, site.packages));
}

function source(pi: Machine["pi"], packages: PackagesConfig) {
  if (packages.from === "mirror") return packageSource(packages);
  // Not /tmp, which may be in memory: a bundle has hundreds of megabytes.
  const cargo = {
    file: packages.file,
    path: "/var/tmp/ecs-anywhere-hybrid-packages.tar",
    field: "site.packages.file",
  };
  const { path, sha256 } = pi.carry("packages", cargo);
  return sha256.apply((sha256) => packageSource({ from: "bundle", path, sha256 }));
}
