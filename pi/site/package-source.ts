import type { PackagesConfig } from "../../config/schema.ts";
import { packageSource } from "../steps/package-source.ts";
import type { SiteArgs, SiteHost } from "./args.ts";

/** Makes the host take its packages from the site's own source, if there is one, before anything is installed. */
export function configurePackageSource({ host }: SiteHost, { site }: SiteArgs): void {
  if (site.packages) host.run("package-source", source(host, site.packages));
}

function source(host: SiteHost["host"], packages: PackagesConfig) {
  if (packages.from === "mirror") return packageSource(packages);
  // Not in /tmp, which may be in memory: a bundle has hundreds of megabytes.
  const bundle = {
    file: packages.file,
    path: "/var/tmp/ecs-anywhere-hybrid-packages.tar",
    field: "site.packages.file",
  };
  const { path, sha256 } = host.upload("packages", bundle);
  return sha256.apply((sha256) => packageSource({ from: "bundle", path, sha256 }));
}
