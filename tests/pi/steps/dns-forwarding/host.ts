/** A node's file system for tests of what the step declares, edits and refuses; its servers are files in /run/active. */
import { readdirSync, rmSync, symlinkSync } from "node:fs";
import type { ExecutionContext } from "ava";
import { ScratchRoot } from "../../../support/scratch-root.ts";
import { serverTests } from "./server-test.ts";

export class Host extends ScratchRoot {
  constructor() {
    super();
    this.write("/etc/resolv.conf", "nameserver 192.168.1.1\nsearch home.arpa\n");
    this.write("/run/systemd/netif/links/2", "NETWORK_FILE=/etc/systemd/network/10-eth0.network\n");
    this.fake(
      "ip",
      `
case "$*" in
  "-o -4 route get 10.0.1.10") echo "10.0.1.10 via 192.168.1.196 dev eth0 src 192.168.1.101 uid 0 \\\\    cache" ;;
  "-o -4 address show to 192.168.1.101/32") echo "2: eth0    inet 192.168.1.101/24 brd 192.168.1.255 scope global eth0" ;;
  "-o link show dev eth0") echo "2: eth0: <UP> mtu 1500" ;;
esac`,
    );
    this.fake(
      "systemctl",
      `
[ "$1" != --quiet ] || shift
unit=$ROOT/run/active/\${2%.service}
mkdir -p "$ROOT/run/active"
case $1 in
  is-active) [ -e "$unit" ] ;;
  restart | reload-or-restart) : >"$unit" ;;
  disable) rm -f "$ROOT/run/active/\${3%.service}" ;;
esac`,
    );
    // The answers of this host's server, and of the resolvers.
    this.fake("perl", `printf '%s 0 10.0.0.45\\n%s 0 10.0.0.45\\n' "$4" "$5"`);
    for (const name of ["nft", "ss", "journalctl"]) this.fake(name);
    this.fake("getent", "exit 2");
    for (const { install } of Object.values(serverTests)) install(this);
  }

  active(): readonly string[] {
    return this.exists("/run/active") ? readdirSync(this.path("/run/active")) : [];
  }

  link(path: string, target: string): void {
    rmSync(this.path(path), { force: true });
    symlinkSync(target, this.path(path));
  }
}

export function host(t: ExecutionContext, prepare: (host: Host) => void = () => {}): Host {
  const host = new Host();
  t.teardown(() => host.remove());
  prepare(host);
  return host;
}
