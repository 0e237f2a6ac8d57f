/** AWS's two VPN endpoints: strongSwan's charon in a namespace of its own, driven by `swanctl`. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DataPath, dataPathOfThisKernel } from "./data-path.ts";
import type { Bind } from "./layer.ts";
import { paths } from "./paths.ts";
import { alive, start, stop } from "./process.ts";
import { run, succeeds, until } from "./run.ts";
import { inTools } from "./tools.ts";
import { endpoints } from "./topology.ts";

const nameOf = (n: number) => `vgw${n}`;
const etc = (n: number) => join(paths.endpoint(n), "swanctl");
const vici = (n: number) => join(paths.endpoint(n), "run/charon.vici");

/**
 * Where this machine's kernel has no ESP, charon encrypts in user space. The mark keeps charon's own packets off the
 * routes that kernel-libipsec makes, which may cover everything (the peer may ask for 0.0.0.0/0).
 *
 * A silent peer counts as gone 30 s after the first failed probe, as on AWS with a DPD timeout of 30
 * (VpnTunnelOptionsSpecification); strongSwan's own default is 165.
 */
const strongswanConf = (dataPath: DataPath) => `charon-systemd {
  load = random nonce aes sha1 sha2 hmac gcm pem openssl kdf drbg${dataPath === "userspace" ? " kernel-libipsec" : ""} kernel-netlink socket-default vici updown
  load_modular = no
  retransmit_tries = 5
  retransmit_timeout = 5.0
  retransmit_base = 1.0
${dataPath === "kernel" ? "  install_routes = no\n" : ""}  plugins {
${dataPath === "kernel" ? "" : inUserspace}    vici {
      socket = unix:///run/lab/charon.vici
    }
  }
  filelog {
    stderr {
      default = 1
      ike_name = yes
      time_format = %FT%T
      flush_line = yes
    }
  }
}
`;

/** Lets charon encrypt on its own. Like AWS, an endpoint accepts whatever the gateway's selectors narrow its own to. */
export const inUserspace = `    kernel-libipsec {
      load = yes
      allow_peer_ts = yes
    }
    kernel-netlink {
      fwmark = !0x42
    }
    socket-default {
      fwmark = 0x42
    }
`;

/**
 * Where the kernel encrypts, packets from all of an endpoint's tunnels arrive at this interface, and packets routed to
 * it are sent.
 */
export const ipsecInterface = { name: "ipsec0", id: 1, mtu: 1438 } as const;

async function makeInterface(netns: string): Promise<void> {
  const { name, id, mtu } = ipsecInterface;
  if (await succeeds(["ip", "link", "show", "dev", name], { netns })) return;
  await run(["ip", "link", "add", name, "type", "xfrm", "dev", "eth0", "if_id", `${id}`], { netns });
  await run(["ip", "link", "set", "dev", name, "mtu", `${mtu}`, "up"], { netns });
}

const binds = (n: number): readonly Bind[] => [
  { from: join(paths.endpoint(n), "run"), to: "/run/lab" },
  { from: join(paths.endpoint(n), "strongswan.conf"), to: "/etc/strongswan.conf" },
  { from: etc(n), to: "/etc/swanctl" },
];

/** Starts an endpoint with its last configuration. Does nothing when it runs. */
export async function startEndpoint(n: number): Promise<void> {
  if (alive(nameOf(n)) !== undefined) return;
  const { netns } = endpoints[n === 1 ? 0 : 1];
  for (const dir of [join(paths.endpoint(n), "run"), etc(n)]) mkdirSync(dir, { recursive: true });
  rmSync(vici(n), { force: true });
  const dataPath = await dataPathOfThisKernel();
  if (dataPath === "kernel") await makeInterface(netns);
  writeFileSync(join(paths.endpoint(n), "strongswan.conf"), strongswanConf(dataPath));
  start(nameOf(n), inTools(["/usr/sbin/charon-systemd"], binds(n)), { netns });
  const log = join(paths.log, `${nameOf(n)}.log`);
  const listening = async () => (existsSync(vici(n)) ? true : undefined);
  const failure = () => new Error(`vpn endpoint ${n}: charon does not start; look into ${log}`);
  await until(listening, failure, { seconds: 60, everyMs: 20 });
  if (existsSync(join(etc(n), "swanctl.conf"))) await swanctl(n, ["--load-all"]);
}

export const endpointRuns = (n: number) => alive(nameOf(n)) !== undefined;

/** Ends an endpoint without telling its peer. */
export const killVpnEndpoint = (n: 1 | 2) => stop(nameOf(n), 5, "SIGKILL");

export const restartVpnEndpoint = (n: 1 | 2) => startEndpoint(n);

/** Runs `swanctl` on an endpoint, in the mounts of its charon. Returns stdout; throws when the endpoint is down. */
export function swanctl(n: number, args: readonly string[]): Promise<string> {
  const pid = alive(nameOf(n));
  if (pid === undefined) throw new Error(`vpn endpoint ${n}: is down; start it with \`npm run lab\``);
  const enter = ["nsenter", `--target=${pid}`, "--mount", "--net", "chroot", join(paths.tools, "root")];
  return run([...enter, "swanctl", ...args, "--uri", "unix:///run/lab/charon.vici"], { timeoutSeconds: 10 });
}

/** Replaces the endpoint's whole configuration; an empty text ends every connection. */
export async function loadEndpoint(n: number, swanctlConf: string): Promise<void> {
  mkdirSync(etc(n), { recursive: true });
  writeFileSync(join(etc(n), "swanctl.conf"), swanctlConf, { mode: 0o600 });
  if (endpointRuns(n)) await swanctl(n, ["--load-all"]);
}
