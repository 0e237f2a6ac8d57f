import test from "ava";
import { covers } from "../../../../lab/aws/data-plane/names.ts";
import { resolversOf } from "../../../../lab/aws/data-plane/resolvers.ts";
import { network, noNetwork } from "./support.ts";

const own = (conf: string | undefined) =>
  conf?.split("\n").filter((line) => /^(host-record|server)=|^address=.*\/10\./.test(line)) ?? [];

const registry = [
  "host-record=dkr.ecr.us-east-1.amazonaws.com,10.0.0.17",
  "host-record=dkr.ecr.us-east-1.amazonaws.com,10.0.16.17",
  "address=/dkr.ecr.us-east-1.amazonaws.com/10.0.0.17",
  "address=/dkr.ecr.us-east-1.amazonaws.com/10.0.16.17",
];
const bucket = "host-record=s3.us-east-1.amazonaws.com,10.0.0.18";
const site = "server=/home.arpa/192.168.1.1@10.0.0.11";

test("only inbound resolvers have S3's private names; queries for the site's names leave from the outbound endpoint", (t) => {
  const [vpc, inbound, ...more] = resolversOf(network());
  t.deepEqual(more, []);
  t.is(vpc?.address, "10.0.0.2");
  t.deepEqual(own(vpc?.conf), [...registry, site]);
  t.is(inbound?.address, "10.0.0.10");
  t.deepEqual(own(inbound?.conf), [...registry, bucket, site]);
  for (const { address, conf } of [vpc, inbound].flatMap((one) => one ?? [])) {
    t.true(conf.includes(`\nlisten-address=${address}\n`));
    // A service without an endpoint is public, also in the VPC.
    t.true(conf.includes("\naddress=/amazonaws.com/203.0.113.49\n"));
  }
});

test("without private DNS, the names stay public; without a VPC, there is no resolver", (t) => {
  const { endpoints, ...rest } = network();
  const off = endpoints.map((endpoint) => ({ ...endpoint, privateDns: "none" as const }));
  t.deepEqual(
    resolversOf({ ...rest, endpoints: off }).map(({ conf }) => own(conf)),
    [[site], [site]],
  );
  t.deepEqual(resolversOf(noNetwork), []);
});

test("a name with a star covers all names below it, and not itself", (t) => {
  const names = ["s3.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com"];
  t.true(covers(names, "s3.us-east-1.amazonaws.com"));
  t.false(covers(names, "bucket.s3.us-east-1.amazonaws.com"));
  t.true(covers(names, "123456789012.dkr.ecr.us-east-1.amazonaws.com"));
  t.false(covers(names, "dkr.ecr.us-east-1.amazonaws.com"));
  t.false(covers(names, "evil-dkr.ecr.us-east-1.amazonaws.com"));
});
