/**
 * Renders one endpoint's swanctl.conf from the options of the VPN connections. strongSwan's documentation:
 * "swanctl.conf".
 */
import type { DataPath } from "../../world/data-path.ts";
import { ipsecInterface } from "../../world/vpn-endpoint.ts";
import type { DesiredNetwork, DesiredTunnel, DesiredVpnConnection, Proposal } from "./contract.ts";

// Strongest first: charon prefers its own order.
const encryption = new Map([
  ["AES256-GCM-16", "aes256gcm16"],
  ["AES128-GCM-16", "aes128gcm16"],
  ["AES256", "aes256"],
  ["AES128", "aes128"],
]);
const integrity = new Map([
  ["SHA2-512", "sha512"],
  ["SHA2-384", "sha384"],
  ["SHA2-256", "sha256"],
  ["SHA1", "sha1"],
]);
const group = new Map([
  [21, "ecp521"],
  [20, "ecp384"],
  [19, "ecp256"],
  [18, "modp8192"],
  [17, "modp6144"],
  [16, "modp4096"],
  [15, "modp3072"],
  [14, "modp2048"],
  [5, "modp1536"],
  [2, "modp1024"],
]);

/** Returns the requested values in strongSwan's words; all that AWS offers if there are none. */
function words<K>(asked: readonly K[], table: ReadonlyMap<K, string>): readonly string[] {
  const chosen = asked.flatMap((name) => table.get(name) ?? []);
  return chosen.length > 0 ? chosen : [...table.values()];
}

/** An AEAD cipher includes its own integrity, so it never shares a proposal with one that does not. */
function proposals(asked: Proposal, phase: "ike" | "esp"): string {
  const ciphers = words(asked.encryption, encryption);
  const hashes = words(asked.integrity, integrity);
  const groups = words(asked.dhGroups, group);
  const aead = ciphers.filter((cipher) => cipher.includes("gcm"));
  const plain = ciphers.filter((cipher) => !cipher.includes("gcm"));
  const prfs = phase === "ike" ? hashes.map((hash) => `prf${hash}`) : [];
  return [
    ...(aead.length > 0 ? [[...aead, ...prfs, ...groups].join("-")] : []),
    ...(plain.length > 0 ? [[...plain, ...hashes, ...groups].join("-")] : []),
  ].join(",");
}

/** Returns IKE versions as swanctl numbers them; 0 is either. */
const version = (versions: readonly string[]) =>
  versions.length === 1 ? (versions[0] === "ikev1" ? 1 : 2) : 0;

function connection(vpn: DesiredVpnConnection, tunnel: DesiredTunnel, dataPath: DataPath): string {
  const peer = vpn.customerGatewayAddress;
  // AWS sends a probe every third of the DPD timeout. A peer that has not answered within it counts as gone.
  const dpdDelay = Math.max(1, Math.round(tunnel.dpdTimeoutSeconds / 3));
  const dpdAction = tunnel.dpdTimeoutAction === "restart" ? "restart" : "clear";
  // A site's router lets no new packets in, so AWS's own attempts matter only if the gateway has a public address.
  const startAction = tunnel.startupAction === "start" ? "start" : "none";
  return `  ${vpn.id} {
    version = ${version(tunnel.ikeVersions)}
    local_addrs = ${tunnel.outsideAddress}
    remote_addrs = ${peer}
    proposals = ${proposals(tunnel.phase1, "ike")}
    mobike = no
    unique = replace
    dpd_delay = ${dpdDelay}s
    rekey_time = ${tunnel.phase1.lifetimeSeconds}s
${dataPath === "kernel" ? ofInterface : ""}    local {
      auth = psk
      id = ${tunnel.outsideAddress}
    }
    remote {
      auth = psk
      id = ${peer}
    }
    children {
      ${vpn.id} {
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        esp_proposals = ${proposals(tunnel.phase2, "esp")}
        rekey_time = ${tunnel.phase2.lifetimeSeconds}s
        start_action = ${startAction}
        dpd_action = ${dpdAction}
      }
    }
  }
`;
}

const ofInterface = `    if_id_in = ${ipsecInterface.id}
    if_id_out = ${ipsecInterface.id}
`;

const secret = (vpn: DesiredVpnConnection, tunnel: DesiredTunnel) => `  ike-${vpn.id} {
    id-1 = ${tunnel.outsideAddress}
    id-2 = ${vpn.customerGatewayAddress}
    secret = "${tunnel.presharedKey}"
  }
`;

/** Returns the configuration of the endpoint with this outside address. It contains the pre-shared keys. */
export function swanctlConf(outsideAddress: string, desired: DesiredNetwork, dataPath: DataPath): string {
  const mine = desired.vpnConnections.flatMap((vpn) =>
    vpn.tunnels.filter((t) => t.outsideAddress === outsideAddress).map((tunnel) => ({ vpn, tunnel })),
  );
  const section = (name: string, parts: readonly string[]) => `${name} {\n${parts.join("")}}\n`;
  return (
    section(
      "connections",
      mine.map(({ vpn, tunnel }) => connection(vpn, tunnel, dataPath)),
    ) +
    section(
      "secrets",
      mine.map(({ vpn, tunnel }) => secret(vpn, tunnel)),
    )
  );
}
