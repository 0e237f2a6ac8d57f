/** Speaks with the interface endpoints' process, which lives in the VPC's namespace. */
import { join } from "node:path";
import { vpcProcess } from "../vpc-process.ts";
import type { LinksConfig } from "./links.ts";

const process = vpcProcess("private-link", join(import.meta.dirname, "main.ts"));

/** Makes these all the interface endpoints there are. */
export const configureLinks = (config: LinksConfig): Promise<void> =>
  process.configure(config, config.endpoints.length === 0);
