/** The load balancers' process. */
import type { DesiredLoadBalancer } from "../contract.ts";
import { serveVpcProcess } from "../vpc-process.ts";
import { Balancers } from "./balancers.ts";

const balancers = new Balancers();

serveVpcProcess<readonly DesiredLoadBalancer[]>(
  (wanted) => balancers.configure(wanted),
  () => balancers.observe(),
);
