import test from "ava";
import { containsCidr, overlapCidr } from "cidr-tools";
import fc from "fast-check";
import { clientOf, ec2Client, linkOf } from "../../../lab/world/vpc.ts";

test("the links of 10.0.0.0/16", (t) => {
  t.deepEqual(linkOf("10.0.0.0/16", 1), { endpoint: "10.0.251.1", vpc: "10.0.251.2" });
  t.deepEqual(linkOf("10.0.0.0/16", 2), { endpoint: "10.0.252.1", vpc: "10.0.252.2" });
  t.is(ec2Client, "10.0.240.4");
});

test("links and client are inside the VPC and do not overlap, for every VPC of /16 to /24", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 24 }), fc.integer({ min: 0, max: 255 }), (prefix, second) => {
      const cidr = `10.${second}.0.0/${prefix}`;
      const links = [1, 2].map((n) => linkOf(cidr, n));
      const ranges = links.map((link) => `${link.endpoint}/30`);
      t.true(links.every(({ endpoint, vpc }) => containsCidr(cidr, [endpoint, vpc])));
      t.false(overlapCidr(ranges[0] ?? "", ranges[1] ?? ""));
      t.true(containsCidr(cidr, clientOf(cidr)) && !overlapCidr(ranges, clientOf(cidr)));
    }),
  );
});
