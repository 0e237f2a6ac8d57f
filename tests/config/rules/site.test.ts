/** Refusals of the site and its hosts. */
import { base, hostKey, node, refused } from "../stack.ts";

const wholeKey =
  "must be a whole public host key, `ssh-ed25519` or `ecdsa-sha2-nistp256` and 68 or 140 characters; run `npm run hostkeys -- STACK`";

refused([
  [
    "site's range not named by its first address",
    { ...base, site: { ...base.site, cidr: "192.168.1.7/24" } },
    "site.cidr: 192.168.1.7/24: must be named by its first address; write 192.168.1.0/24",
  ],
  [
    "host inside the VPC",
    { ...base, hosts: { ...base.hosts, "pi-1": node("10.0.3.7") } },
    "hosts.pi-1.address: 10.0.3.7: must not lie inside network.cidr 10.0.0.0/16: AWS takes such an address for one of the VPC; choose another range for one of them",
  ],
  [
    "host outside the site",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.2.7") } },
    "hosts.pi-1.address: 192.168.2.7: must lie inside site.cidr 192.168.1.0/24: the VPC has no route to other addresses; correct the address, or widen site.cidr",
  ],
  [
    "host outside all ranges of the site",
    {
      ...base,
      site: { ...base.site, secondaryCidrs: ["192.168.3.0/24"] },
      hosts: { ...base.hosts, "pi-1": node("192.168.2.7") },
    },
    "hosts.pi-1.address: 192.168.2.7: must lie inside site.cidr 192.168.1.0/24 or site.secondaryCidrs.0 192.168.3.0/24: the VPC has no route to other addresses; correct the address, or widen site.cidr",
  ],
  [
    "two hosts with one address",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.1.196") } },
    "hosts.pi-1.address: 192.168.1.196: must not be the address of hosts.gateway too; give each host an address of its own",
  ],
  [
    "host key of an unknown kind",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.1.101", { hostKey: "whatever" }) } },
    `hosts.pi-1.hostKey: whatever: ${wholeKey}`,
  ],
  [
    "truncated host key",
    { ...base, hosts: { ...base.hosts, "pi-1": node("192.168.1.101", { hostKey: hostKey.slice(0, -1) }) } },
    `hosts.pi-1.hostKey: ${hostKey.slice(0, -1)}: ${wholeKey}`,
  ],
  [
    "missing host key",
    { ...base, hosts: { ...base.hosts, "pi-1": { address: "192.168.1.101" } } },
    `hosts.pi-1.hostKey: (missing): ${wholeKey}`,
  ],
  [
    "gateway that is not a host",
    { ...base, site: { ...base.site, gateway: "pi-9" } },
    "site.gateway: pi-9: must be a key of `hosts`; choose one of gateway, pi-1",
  ],
  [
    "fan temperatures not ascending",
    {
      ...base,
      hosts: {
        ...base.hosts,
        "pi-1": node("192.168.1.101", { fan: { overlay: "rpi-poe", celsius: [68, 72, 70, 80] } }),
      },
    },
    "hosts.pi-1.fan.celsius: [68,72,70,80]: must be four ascending temperatures in °C, such as [68, 72, 76, 80]; put them in order",
  ],
]);
