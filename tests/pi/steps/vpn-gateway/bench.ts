import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { type VpnGatewayArgs, vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";

const programs = "/usr/local/lib/ecs-anywhere-hybrid";

/** A folder with one combination's programs, where they find each other and the stand-ins. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "vpn-gateway-"));

  constructor(t: ExecutionContext, args: VpnGatewayArgs) {
    t.teardown(() => rmSync(this.folder, { recursive: true }));
    mkdirSync(join(this.folder, "proc/sys/net/ipv4/conf/eth0"), { recursive: true });
    mkdirSync(join(this.folder, "proc/sys/net/ipv4/conf/tunnel1"), { recursive: true });
    for (const { path, content } of vpnGateway(args).files ?? []) {
      if (!path.startsWith(programs)) continue;
      const moved = content
        .replaceAll(programs, this.folder)
        .replaceAll("/proc/sys", `${this.folder}/proc/sys`)
        .replaceAll("/run/ecs-anywhere-hybrid", `${this.folder}/run`);
      this.put(path.slice(programs.length + 1), moved);
    }
    // As systemd does.
    mkdirSync(join(this.folder, "run-metrics"));
    // What `timeout` runs is a stand-in, too, and a round needs no pause.
    this.put("sleep", "#!/bin/sh\n:\n");
  }

  put(name: string, content: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), content);
    chmodSync(join(this.folder, name), 0o755);
  }

  /** A stand-in that notes its calls. */
  fake(name: string, script = ":"): void {
    this.put(name, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >>'${this.folder}/calls'\n${script}\n`);
  }

  calls(): string[] {
    const path = join(this.folder, "calls");
    const calls = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
    rmSync(path, { force: true });
    return calls;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  async run(name: string, args: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    // A program without end and without pauses would outlive a test that was killed, with all that it started.
    const limited = ["60", "dash", join(this.folder, name), ...args];
    const { stdout } = await promisify(execFile)("timeout", limited, {
      env: { PATH: `${this.folder}:${process.env.PATH}`, ...environment },
    });
    return stdout;
  }
}
