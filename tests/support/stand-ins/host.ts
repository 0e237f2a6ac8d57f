/** A host for tests of steps, built from parts: `host(t, debian("12"), docker({ running: true }))`. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ExecutionContext } from "ava";
import { ScratchRoot } from "../scratch-root.ts";

/** Where the commands keep their state. */
export const state = "/run/stand-ins";

/** Every file of the folder plays the command of its name. */
const commands = readdirSync(join(import.meta.dirname, "commands")).map((file) => ({
  name: basename(file, ".sh"),
  script: readFileSync(join(import.meta.dirname, "commands", file), "utf8"),
}));

/** A scratch root whose commands are small state machines over the files in `state`. */
export class Host extends ScratchRoot {
  constructor() {
    super();
    for (const { name, script } of commands) this.fake(name, script);
    // No test waits, since nothing takes time here.
    this.fake("sleep");
  }

  /** Names of the files in a folder of the commands' state. */
  #names(folder: string): readonly string[] {
    const path = `${state}/${folder}`;
    return this.exists(path) ? readdirSync(this.path(path)) : [];
  }

  get packages(): readonly string[] {
    return this.#names("installed");
  }

  get links(): readonly string[] {
    return this.#names("links");
  }

  get groups(): readonly string[] {
    return this.#names("groups");
  }

  get activeUnits(): readonly string[] {
    return this.#names("active");
  }

  /** The routes beside the host's own network and the default, as `ip route` prints them. */
  get routes(): string {
    return this.read(`${state}/routes`);
  }

  set routes(lines: string) {
    this.write(`${state}/routes`, lines);
  }

  /** The rules of a table, as `iptables-save` prints them. */
  rules(table: "nat" | "filter"): string {
    return this.read(`${state}/iptables/${table}`);
  }

  get forwards(): boolean {
    return this.read("/proc/sys/net/ipv4/ip_forward") === "1\n";
  }
}

/** A part of a host: something that it is or has. */
export type Part = (host: Host) => void;

/** A file that needs no part of its own. */
export const file =
  (path: string, content: string): Part =>
  (host) =>
    host.write(path, content);

/** Returns a host with these parts, which is removed when the test ends. */
export function host(t: ExecutionContext, ...parts: readonly Part[]): Host {
  const host = new Host();
  t.teardown(() => host.remove());
  for (const part of parts) part(host);
  // The parts' own calls do not count.
  host.calls();
  return host;
}
