import test, { type ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";
import { type Killing, killed as killedHosts } from "../support/killed.ts";
import { ScratchRoot } from "../support/scratch-root.ts";
import { apt, nftables, systemd, unit, unitStates } from "../support/stand-ins/primitives.ts";

const rules = (name: string, rule: string) =>
  `table inet ${name} {}\ndelete table inet ${name}\ntable inet ${name} {\n${rule}\n}\n`;

const step: Step = {
  name: "killed",
  files: [
    { path: "/etc/server.conf", mode: "644", content: "1\n" },
    { path: "/etc/killed.nft", mode: "644", content: rules("killed", "1") },
  ],
  packages: [{ name: "server", leaves: { users: ["server"] } }],
  sysctls: { "net.ipv4.ip_forward": "1" },
  tables: [{ name: "inet killed", file: "/etc/killed.nft" }],
  units: [
    { name: "server.service", enabled: true, running: true, restartOn: ["/etc/server.conf"] },
    { name: "other.service", enabled: false, running: false },
  ],
  remember: ["forwarding"],
  script: `before_forwarding() { cat "$ROOT/proc/sys/net/ipv4/ip_forward"; }\n`,
  verify: '[ "$(before forwarding)" = 0 ]',
  settleSeconds: 0,
};

/** As a later version of the program might render it. */
const later: Step = {
  ...step,
  files: [{ path: "/etc/server.conf", mode: "644", content: "2\n" }],
  tables: [],
  sysctls: { "net.ipv4.ip_forward": "0", "net.ipv4.icmp_ratelimit": "0" },
  packages: [{ name: "tool" }],
  units: [{ name: "other.service", running: true }],
};

function bare(): ScratchRoot {
  const host = new ScratchRoot();
  systemd(host);
  nftables(host);
  apt(host, {
    server: { needs: ["libserver"], unit: "server.service", user: "server" },
    libserver: {},
    tool: {},
  });
  unit(host, "other.service", { enabled: true, active: true });
  host.write("/proc/sys/net/ipv4/ip_forward", "0\n");
  host.write("/proc/sys/net/ipv4/icmp_ratelimit", "1000\n");
  return host;
}

/** What is on a host and what runs there; the order of the step's own notes does not matter. */
function state(host: ScratchRoot) {
  const files = Object.entries(host.snapshot()).map(([path, entry]) => [
    path,
    /\/killed\/(manifest|dirs)$/.test(path)
      ? { ...entry, content: entry.content.split("\n").sort().join("\n") }
      : entry,
  ]);
  return {
    files: Object.fromEntries(files),
    units: unitStates(host),
    table: host.exists("/run/tables/killed") && host.read("/run/tables/killed"),
    kernel: ["ip_forward", "icmp_ratelimit"].map((key) => host.read(`/proc/sys/net/ipv4/${key}`)),
  };
}

async function stateAfter(...steps: readonly Step[]) {
  const host = bare();
  try {
    for (const step of steps) await host.succeed(step);
    return state(host);
  } finally {
    host.remove();
  }
}

const kill = (host: ScratchRoot, n: number, step: Step, action: "converge" | "undo" = "converge") =>
  host.runKilledAt(n, step, action, ["systemctl", "nft", "apt-get", "userdel"]);

/** Brings hosts to `former`, kills a run on each at a point, and checks the result. */
const killed = (t: ExecutionContext, former: readonly Step[], run: Killing["kill"], look: Killing["look"]) =>
  killedHosts(t, {
    bare,
    prepare: async (host) => {
      for (const step of former) await host.succeed(step);
    },
    kill: run,
    look,
    timeoutSeconds: 240,
  });

test("killed at any point, a converge ends in the same state when it is run again", async (t) => {
  const wanted = await stateAfter(step);
  await killed(
    t,
    [],
    (host, n) => kill(host, n, step),
    async (host, n) => {
      await host.succeed(step);
      t.deepEqual(state(host), wanted, `killed at ${n}`);
      t.deepEqual((await host.succeed(step)).changed, [], `killed at ${n}`);
    },
  );
});

test("killed at any point, a converge leaves a clean host when it is undone", async (t) => {
  const clean = await stateAfter();
  await killed(
    t,
    [],
    (host, n) => kill(host, n, step),
    async (host, n) => {
      await host.succeed(step, "undo");
      t.deepEqual(state(host), clean, `killed at ${n}`);
    },
  );
});

test("killed at any point, a change to a later version can go on, or back to the former, and be undone", async (t) => {
  const clean = await stateAfter();
  const former = await stateAfter(step);
  const wanted = await stateAfter(step, later);
  await killed(
    t,
    [step],
    (host, n) => kill(host, n, later),
    async (host, n) => {
      const next = n % 2 === 0 ? step : later;
      await host.succeed(next);
      const { files, ...running } = state(host);
      const { files: wantedFiles, ...wantedRunning } = next === step ? former : wanted;
      t.deepEqual(running, wantedRunning, `killed at ${n}`);
      const outside = (entries: object) =>
        Object.entries(entries).filter(([path]) => !/^\/(var\/lib\/ecs|installed)/.test(path));
      t.deepEqual(outside(files), outside(wantedFiles), `killed at ${n}`);
      await host.succeed(next, "undo");
      t.deepEqual(state(host), clean, `killed at ${n} and undone`);
    },
  );
});

test("killed at any point, a failing change ends in the former state when it fails again", async (t) => {
  const failing: Step = { ...later, packages: step.packages ?? [], verify: "false" };
  const former = await stateAfter(step);
  await killed(
    t,
    [step],
    (host, n) => kill(host, n, failing),
    async (host, n) => {
      await host.refuse(failing);
      t.deepEqual(state(host), former, `killed at ${n}`);
    },
  );
});

test("killed at any point, an undo leaves a clean host when it is run again", async (t) => {
  const clean = await stateAfter();
  await killed(
    t,
    [step],
    (host, n) => kill(host, n, step, "undo"),
    async (host, n) => {
      await host.succeed(step, "undo");
      t.deepEqual(state(host), clean, `killed at ${n}`);
    },
  );
});
