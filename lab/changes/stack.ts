/** The stack that each row of config/changes.ts changes, and what a row has for itself in it. */
import type { HybridInput } from "../../config/schema.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx";

/** Only these nodes run services, so that no load balancer has a row's own hosts as targets. */
const base = { base: "true" };

/** The nodes that run services. */
const nodes = { "node-1": "192.168.1.101", "node-2": "192.168.1.102" };

/** A stack with something of everything that a change may meet. */
export const stack: HybridInput = {
  network: { cidr: "10.0.0.0/16", zones: ["us-east-1a", "us-east-1b"], publicSubnets: true },
  site: {
    cidr: "192.168.1.0/24",
    publicAddress: "198.51.100.7",
    gateway: "gateway",
    dns: { at: "nodes", server: "dnsmasq" },
    packages: { from: "mirror", sources: ["deb http://192.168.1.2/debian bookworm main"] },
  },
  hosts: {
    gateway: { address: "192.168.1.196", hostKey },
    "node-1": { address: nodes["node-1"], hostKey, node: { attributes: base } },
    "node-2": { address: nodes["node-2"], hostKey, node: { attributes: { ...base, disk: "ssd" } } },
  },
  privateEndpoints: {},
  resolver: { inbound: {}, outbound: { forward: { "home.arpa": ["192.168.1.2"] } } },
  cluster: { installer: { url: "http://192.168.1.2/install.sh" } },
  services: {
    web: {
      image: "registry.home.arpa/web:1",
      memoryMiB: 16,
      network: {
        mode: "bridge",
        ports: [
          { host: 8080, container: 80 },
          { host: 8081, container: 81 },
        ],
      },
      placement: { attributes: base },
    },
    api: {
      image: "registry.home.arpa/api:1",
      memoryMiB: 16,
      network: { mode: "bridge", ports: [{ host: 8082, container: 80 }] },
      placement: { attributes: base },
    },
  },
  loadBalancers: { front: { type: "network", service: "web", hostPort: 8080 } },
};

/**
 * The entries that a row has for itself, before its patch.
 *
 * @param number another one for each entry
 */
export const entries = {
  hosts: (number: number) => ({
    address: `192.168.1.${10 + number}`,
    hostKey,
    node: {},
  }),
  services: () => ({
    image: "registry.home.arpa/own:1",
    memoryMiB: 16,
    placement: { attributes: base },
  }),
  loadBalancers: () => ({ type: "network", service: "web", hostPort: 8080 }) as const,
} satisfies Partial<Record<keyof HybridInput, (number: number) => object>>;
