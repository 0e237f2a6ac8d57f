/** The process of the VPC's interface endpoints. */
import { serveVpcProcess } from "../vpc-process.ts";
import { type LinksConfig, PrivateLinks } from "./links.ts";

const links = new PrivateLinks();

serveVpcProcess<LinksConfig>(
  (wanted) => links.configure(wanted),
  () => links.observe(),
);
