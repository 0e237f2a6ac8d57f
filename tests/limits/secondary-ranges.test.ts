/** The rules for more ranges of a VPC, and the simulated AWS, which has them again. */
import test from "ava";
import fc from "fast-check";
import { overlapProblems, secondaryRangesProblems } from "../../limits/network.ts";
import { Account } from "../lab/aws/account.ts";

const starts = [
  ...["10.0.0.0", "10.0.128.0", "10.1.0.0", "10.2.0.0", "10.200.0.0", "100.64.0.0", "100.100.0.0"],
  ...["172.16.0.0", "172.20.0.0", "172.31.0.0", "192.168.0.0", "192.168.128.0", "198.18.0.0", "198.19.0.0"],
  ...["169.254.0.0", "203.0.112.0"],
];
const range = fc
  .tuple(fc.constantFrom(...starts), fc.integer({ min: 20, max: 28 }))
  .map(([start, bits]) => `${start}/${bits}`);

test("AWS associates exactly the ranges that the rules let through", (t) => {
  fc.assert(
    fc.property(
      range.filter((cidr) => !cidr.startsWith("169.254.")),
      fc.array(range, { maxLength: 3 }),
      (cidr, secondaryCidrs) => {
        const named = [cidr, ...secondaryCidrs].map((one, i) => ({ name: `range ${i}`, cidr: one }));
        const problems = [
          ...secondaryRangesProblems("home", cidr, secondaryCidrs),
          ...overlapProblems([], named),
        ];
        const account = new Account();
        const vpcId = account.make("vpc", { cidrBlock: cidr });
        const associate = (cidrBlock: string) =>
          account.make("vpcIpv4CidrBlockAssociation", { vpcId, cidrBlock });
        // Whatever the order: the engine creates them side by side.
        const isTaken = [secondaryCidrs, secondaryCidrs.toReversed()].every((inOrder) => {
          try {
            const ids = inOrder.map(associate);
            for (const id of ids) account.drop("vpcIpv4CidrBlockAssociation", id);
            return true;
          } catch {
            return false;
          }
        });
        return isTaken === (problems.length === 0);
      },
    ),
    { numRuns: 300 },
  );
  t.pass();
});
