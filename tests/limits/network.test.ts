import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { containsCidr, overlapCidr, parseCidr } from "cidr-tools";
import fc from "fast-check";
import { zoneCidrs } from "../../limits/network.ts";

const vpc = fc
  .record({ prefix: fc.integer({ min: 16, max: 24 }), address: fc.integer({ min: 0, max: 2 ** 24 - 1 }) })
  .map(({ prefix, address }) => {
    const start = (10 * 2 ** 24 + address) & (-1 << (32 - prefix));
    return `${[24, 16, 8, 0].map((shift) => (start >>> shift) & 255).join(".")}/${prefix}`;
  });
const zones = fc
  .uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1, maxLength: 8 })
  .map((letters) => letters.map((letter) => `us-east-1${letter}`));
const all = (ranges: ReturnType<typeof zoneCidrs>) =>
  Object.values(ranges).flatMap((r) => [r.private, r.public]);

test("a zone's ranges follow from its letter", (t) => {
  t.deepEqual(zoneCidrs("home", "10.0.0.0/16", ["us-east-1c", "us-east-1a"]), {
    "us-east-1c": { private: "10.0.32.0/20", public: "10.0.160.0/20" },
    "us-east-1a": { private: "10.0.0.0/20", public: "10.0.128.0/20" },
  });
});

test("every subnet lies inside the VPC, and AWS takes its size", (t) => {
  fc.assert(
    fc.property(vpc, zones, (cidr, names) => {
      for (const range of all(zoneCidrs("home", cidr, names))) {
        if (!containsCidr(cidr, range) || Number(parseCidr(range).prefix) > 28) return false;
      }
      return true;
    }),
  );
  t.pass();
});

test("no two subnets overlap", (t) => {
  fc.assert(
    fc.property(vpc, zones, (cidr, names) => {
      const ranges = all(zoneCidrs("home", cidr, names));
      return ranges.every((a, i) => ranges.slice(i + 1).every((b) => !overlapCidr(a, b)));
    }),
  );
  t.pass();
});

test("adding, removing and reordering zones moves no subnet", (t) => {
  fc.assert(
    fc.property(vpc, zones, zones, (cidr, before, after) => {
      const old = zoneCidrs("home", cidr, before);
      const young = zoneCidrs("home", cidr, after);
      return before.every(
        (zone) =>
          !young[zone] ||
          (young[zone].private === old[zone]?.private && young[zone].public === old[zone]?.public),
      );
    }),
  );
  t.pass();
});

const refused: [cidr: string, zones: string[], message: string][] = [
  [
    "10.0.0.0/25",
    ["us-east-1a"],
    "home.cidr: 10.0.0.0/25: must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16; choose for example 10.0.0.0/16",
  ],
  [
    "10.0.0.0/8",
    ["us-east-1a"],
    "home.cidr: 10.0.0.0/8: must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16; choose for example 10.0.0.0/16",
  ],
  [
    "10.0.3.7/16",
    ["us-east-1a"],
    "home.cidr: 10.0.3.7/16: must be named by its first address; write 10.0.0.0/16",
  ],
  [
    "10.0.0.0/16",
    ["us-east-1a", "us-east-1a"],
    "home.zones: us-east-1a: must be named once; remove the repetition",
  ],
  [
    "10.0.0.0/16",
    ["us-east-1z"],
    "home.zones: us-east-1z: must end in a letter from a to h; choose zones such as us-east-1a",
  ],
  [
    "10.0.0.0/16",
    ["us-east-1a", "eu-west-1b"],
    "home.zones: us-east-1a, eu-west-1b: must be of one Region; choose zones of one Region",
  ],
];

for (const [cidr, names, message] of refused) {
  test(`refused: ${cidr} over ${names.join(", ")}`, (t) => {
    t.throws(() => zoneCidrs("home", cidr, names), { instanceOf: pulumi.RunError, message });
  });
}
