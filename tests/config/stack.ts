/** The smallest stack, and what others are made of. */

export const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx";

export const node = (address: string, more: object = {}) => ({ address, hostKey, node: {}, ...more });

export const base = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "gateway" },
  hosts: { gateway: { address: "192.168.1.196", hostKey }, "pi-1": node("192.168.1.101") },
};
