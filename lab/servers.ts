/**
 * Builds a root with every server that the steps configure, for the tests that run them: `npx node lab/servers.ts`. It is
 * a layer over the hosts' Debian, built from the lab's mirror; nothing is installed on this machine.
 */
import { mkdirSync } from "node:fs";
import { servers } from "../pi/steps/dns-forwarding/servers/index.ts";
import { buildLayer } from "./world/layer.ts";
import { paths } from "./world/paths.ts";
import { buildRootfs } from "./world/rootfs.ts";

const packages = [
  ...Object.values(servers).map((server) => server.package),
  "bind9-dnsutils",
  "charon-systemd",
  "libcharon-extra-plugins",
  "libstrongswan-standard-plugins",
  "strongswan-charon",
  "strongswan-starter",
  "strongswan-swanctl",
];

mkdirSync(paths.log, { recursive: true });
await buildRootfs(console.log);
await buildLayer(paths.servers, packages);
