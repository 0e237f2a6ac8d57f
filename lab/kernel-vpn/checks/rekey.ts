import { strict as assert } from "node:assert";
import { renewed, sas } from "../../load/renewed.ts";
import { kernelCheck } from "../check.ts";
import { swanctlScript } from "../endpoint.ts";
import { pingDuring } from "../traffic.ts";
import { settled } from "../tunnels.ts";

/** The gateway's own words for it, in each format. */
const renewal = {
  "swanctl.conf": { child: "swanctl --rekey --child", ike: "swanctl --rekey --ike" },
  "ipsec.conf": { child: "ipsec stroke rekey", ike: "ipsec stroke rekey" },
} as const;

export default kernelCheck({
  title: "the gateway renews the keys of the used tunnel: no packet is lost",
  details: "It renews the IKE_SA and the CHILD_SA, under steady pings",
  after: "asymmetric",
  run: async (guest, format) => {
    const used = await settled(guest);
    const { lost } = await pingDuring(guest, async () => {
      for (const sa of sas) {
        const mark = format === "swanctl.conf" ? "" : sa === "child" ? "{*}" : "[*]";
        await renewed(
          () => guest.sh(swanctlScript(used, "--list-sas", "--raw")),
          sa,
          () => guest.sh(`${renewal[format][sa]} 'tunnel${used}${mark}'`),
          `tunnel${used}`,
        );
      }
    });
    assert.equal(lost, 0, "packets lost");
    return "CHILD_SA and IKE_SA, under steady pings";
  },
});
