import test from "ava";
import { dnsmasqCommand } from "../../../lab/world/router.ts";

test("only Amazon's names, the package mirror and load balancers exist", (t) => {
  const answers = dnsmasqCommand().filter((word) => /^--(address|local|addn-hosts)=/.test(word));
  t.deepEqual(answers, [
    "--addn-hosts=/run/lab/load-balancers",
    "--address=/amazonaws.com/203.0.113.49",
    "--address=/public.ecr.aws/203.0.113.49",
    "--address=/packages.lab.internal/203.0.113.49",
    "--local=/elb.us-east-1.amazonaws.com/",
    "--address=/#/",
  ]);
  t.true(dnsmasqCommand().includes("--no-resolv"));
});
