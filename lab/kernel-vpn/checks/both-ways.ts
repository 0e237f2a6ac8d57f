import { kernelCheck } from "../check.ts";
import { sides } from "../home.ts";
import { ping } from "../ping.ts";
import { outwards } from "../tunnels.ts";

export default kernelCheck({
  title: "the site reaches the VPC, the VPC the site, and the gateway the VPC",
  after: "unchanged",
  run: async (guest) => {
    for (const line of [
      ping("site", "vpc"),
      ping("vpc", "site"),
      `ping -q -n -c 2 -i 0.2 -W 2 ${sides.vpc.address}`,
    ])
      await guest.sh(line);
    return `through tunnel${await outwards(guest)}`;
  },
});
