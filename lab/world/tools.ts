/**
 * strongSwan and dnsmasq for the router and the VPN endpoints, in a layer over the hosts' Debian. Both of strongSwan's
 * daemons are here: the endpoints run one, and the tests of the gateway's two formats use both.
 */
import { type Bind, buildLayer, inLayer } from "./layer.ts";
import { paths } from "./paths.ts";

const packages = [
  "charon-systemd",
  "dnsmasq-base",
  "libcharon-extra-plugins",
  "libstrongswan-standard-plugins",
  "strongswan-charon",
  "strongswan-starter",
  "strongswan-swanctl",
];

/** Builds them, unless they exist. Returns whether it did, so that what runs on the old ones must go. */
export const buildTools = () => buildLayer(paths.tools, packages);

export const inTools = (argv: readonly string[], binds: readonly Bind[]) => inLayer(paths.tools, argv, binds);
