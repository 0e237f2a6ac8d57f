import test from "ava";
import { dnsmasq, routerOptions } from "../../../lab/world/router.ts";

test("only Amazon's names, the package mirror, load balancers and the site's hosts exist", (t) => {
  const answers = routerOptions.filter((option) => /^(address|local|hostsdir)=/.test(option));
  t.deepEqual(answers, [
    "hostsdir=/run/lab/site",
    "local=/home.arpa/",
    "hostsdir=/run/lab/world",
    "address=/amazonaws.com/203.0.113.49",
    "local=/amazonaws.com/",
    "address=/public.ecr.aws/203.0.113.49",
    "local=/public.ecr.aws/",
    "address=/packages.lab.internal/203.0.113.49",
    "address=/raw.githubusercontent.com/203.0.113.49",
    "local=/elb.us-east-1.amazonaws.com/",
    "address=/#/",
  ]);
  t.true(dnsmasq(...routerOptions).includes("--no-resolv"));
});
