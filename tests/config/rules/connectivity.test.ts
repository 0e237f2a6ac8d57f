/** Refusals of the VPN. */
import { base, refused } from "../stack.ts";

refused([
  [
    "private address as the site's public one",
    { ...base, site: { ...base.site, publicAddress: "100.64.3.2" } },
    "site.publicAddress: 100.64.3.2: must be the site's public address, not a private one: AWS reaches the site by it; run `curl https://checkip.amazonaws.com` on the site",
  ],
  [
    "the site's own link-local address as its public one",
    { ...base, site: { ...base.site, publicAddress: "169.254.7.8" } },
    "site.publicAddress: 169.254.7.8: must be the site's public address, not a special-purpose one: AWS reaches the site by it; run `curl https://checkip.amazonaws.com` on the site",
  ],
  [
    "pre-shared key that AWS refuses, never shown",
    { ...base, vpn: { presharedKeys: { tunnel1: "0startswithzero", tunnel2: "goodenough1" } } },
    "vpn.presharedKeys.tunnel1: (secret, 15 characters): must be 8 to 64 of A-Z a-z 0-9 . _ and must not begin with 0; choose another key",
  ],
  [
    "reserved inside range",
    { ...base, vpn: { insideCidrs: { tunnel1: "169.254.5.0/30" } } },
    "vpn.insideCidrs.tunnel1: 169.254.5.0/30: must be a /30 of 169.254.0.0/16 and none of AWS's own (169.254.0.0/30, 169.254.1.0/30, 169.254.2.0/30, 169.254.3.0/30, 169.254.4.0/30, 169.254.5.0/30, 169.254.169.252/30); choose another, such as 169.254.10.0/30",
  ],
  [
    "the same inside range twice",
    { ...base, vpn: { insideCidrs: { tunnel1: "169.254.11.0/30" } } },
    "vpn.insideCidrs.tunnel2: 169.254.11.0/30: must not be the range of tunnel1 too; choose another /30 for one of them",
  ],
  [
    "a range of the site inside a tunnel",
    { ...base, site: { ...base.site, secondaryCidrs: ["169.254.11.0/24"] } },
    "site.secondaryCidrs.0: 169.254.11.0/24: must not overlap 169.254.11.0/30, the range inside tunnel2; choose another range for one of them",
  ],
  [
    "more ranges of the site than a route table learns",
    {
      ...base,
      site: { ...base.site, secondaryCidrs: Array.from({ length: 100 }, (_, i) => `192.168.${i + 2}.0/24`) },
    },
    "site.secondaryCidrs: 101 ranges: must be at most 100 ranges: a route table of the VPC takes no more propagated routes; name wider ranges",
  ],
  [
    "ranges of the site around the VPC, on the userspace data path",
    {
      ...base,
      site: { ...base.site, secondaryCidrs: ["10.200.0.0/24", "10.4.0.0/24"] },
      vpn: { dataPath: "userspace" },
    },
    "vpn.dataPath: userspace: must be kernel with these ranges of the site: the smallest one around them, 0.0.0.0/0, overlaps network.cidr 10.0.0.0/16; set vpn.dataPath to kernel, or choose ranges of the site that are closer together",
  ],
  [
    "number of days that CloudWatch Logs does not take",
    { ...base, vpn: { logRetentionDays: 31 } },
    "vpn.logRetentionDays: 31: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653; choose one of them",
  ],
]);
