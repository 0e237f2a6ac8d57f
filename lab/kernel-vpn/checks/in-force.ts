import { strict as assert } from "node:assert";
import { kernelCheck } from "../check.ts";
import { tunnelNames } from "../step.ts";

interface Link {
  readonly mtu: number;
  readonly linkinfo: { readonly info_kind: string };
}

/**
 * A mark leads to a VTI, an interface id to an XFRM interface; charon puts a mark on what goes out only. VTI takes three
 * settings more, and a loose filter. `ways`: how many of a tunnel's two states carry the sign.
 */
const wanted = {
  "swanctl.conf": { kind: "xfrm", sign: /if_id 0x(64|c8)\b/g, ways: 2, settings: {} },
  "ipsec.conf": {
    kind: "vti",
    sign: /mark 0x(64|c8)\b/g,
    ways: 1,
    settings: {
      "all/rp_filter": "2",
      "eth0/disable_policy": "1",
      "eth0/disable_xfrm": "1",
      "tunnel1/disable_policy": "1",
      "tunnel2/disable_policy": "1",
    },
  },
} as const;

export default kernelCheck({
  title: "the kernel encrypts, and each tunnel has its interface",
  details:
    "Each interface is of the right kind and takes 1438 bytes, in AES-GCM over UDP 4500; a VTI has its settings too",
  run: async (guest, format) => {
    const { kind, sign, ways, settings } = wanted[format];
    for (const tunnel of tunnelNames) {
      const [link] = JSON.parse(await guest.sh(`ip -d -j link show dev ${tunnel}`)) as Link[];
      assert.deepEqual([link?.linkinfo.info_kind, link?.mtu], [kind, 1438], tunnel);
    }
    const states = (await guest.sh("ip xfrm state")).replaceAll(/0x\w{40,}/g, "(key)");
    // More than that while a tunnel is renewed.
    for (const [what, least] of [
      [sign, 2 * ways],
      [/aead rfc4106\(gcm\(aes\)\)/g, 4],
      [/encap type espinudp sport 4500 dport 4500/g, 4],
    ] as const)
      assert((states.match(what) ?? []).length >= least, `${least} times ${what.source} in:\n${states}`);
    for (const [name, value] of Object.entries(settings))
      assert.equal((await guest.sh(`cat /proc/sys/net/ipv4/conf/${name}`)).trim(), value, name);
    return `${kind} interfaces of 1438 bytes, AES-GCM in UDP 4500`;
  },
});
