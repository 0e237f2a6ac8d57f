/** Talks to the interface endpoints' process, which runs in the VPC's namespace. */
import { join } from "node:path";
import { vpcProcess } from "../vpc-process.ts";
import type { LinksConfig } from "./links.ts";

const process = vpcProcess("private-link", join(import.meta.dirname, "main.ts"));

/** Replaces all interface endpoints by these. */
export const configureLinks = (config: LinksConfig): Promise<void> =>
  process.configure(config, config.endpoints.length === 0);
