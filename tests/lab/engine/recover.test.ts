/** What a killed engine left, as files and as a state. The lab's check `interrupted` shows the same with a real one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import test, { type ExecutionContext } from "ava";
import { isAlive } from "../../../lab/engine/processes.ts";
import { type Adopt, recover } from "../../../lab/engine/recover.ts";

const type = "aws:ec2/subnet:Subnet";
const subnet = (name: string) => ({ urn: `urn:pulumi:lab::p::${type}::${name}`, type, inputs: { name } });

interface State {
  resources?: object[];
  pending_operations?: object[];
  secrets_providers?: object;
}

/** A stack with such a state and such files in its backend; `calls`: the operations of the engine. */
async function stackWith(
  t: ExecutionContext,
  deployment: State,
  files: Readonly<Record<string, string>> = {},
) {
  const backend = await mkdtemp(join(tmpdir(), "recover-"));
  t.teardown(() => rm(backend, { recursive: true }));
  const inBackend = (path: string) => join(backend, ".pulumi", path);
  const all = { "stacks/p/lab.json": JSON.stringify({ checkpoint: { latest: deployment } }), ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(inBackend(path)), { recursive: true });
    await writeFile(inBackend(path), text);
  }
  const calls: unknown[] = [];
  const stack: Pick<Stack, "cancel" | "refresh"> = {
    cancel: async () => void calls.push("cancel"),
    refresh: async (options) => {
      calls.push({ refresh: options?.target });
      return { stdout: "", stderr: "", summary: { kind: "refresh" } } as never;
    },
  };
  let state: { version: number; deployment: State } = { version: 3, deployment };
  const access = {
    stack: stack as Stack,
    backend,
    exportState: async () => {
      calls.push("export");
      return JSON.stringify(state);
    },
    importState: async (text: string) => {
      calls.push("import");
      state = JSON.parse(text);
    },
  };
  return { calls, inBackend, state: () => state, recover: (adopt: Adopt) => recover(access, adopt) };
}

const none: Adopt = async () => undefined;

test("the engine is not called when nothing was left", async (t) => {
  const { recover, calls } = await stackWith(t, { resources: [{ ...subnet("a"), id: "subnet-1" }] });
  t.deepEqual(await recover(none), []);
  t.deepEqual(calls, []);
});

test("a dead engine's lock is removed, and the file that it was writing", async (t) => {
  const gone = spawn("true");
  await once(gone, "exit");
  const half = "stacks/p/lab.json.tmp";
  const { recover, calls, inBackend } = await stackWith(
    t,
    {},
    {
      "locks/organization/p/lab/1.json": JSON.stringify({ pid: gone.pid }),
      "stacks/p/lab.json": "{}",
      [half]: "{",
    },
  );
  t.deepEqual(await recover(none), ["lock of a killed engine removed"]);
  t.deepEqual(calls, ["cancel"]);
  t.false(existsSync(inBackend(half)));
  t.true(existsSync(inBackend("stacks/p/lab.json")));
});

test("a process that merely has the pid of a dead engine is left alone", async (t) => {
  const other = spawn("sleep", ["60"]);
  t.teardown(() => other.kill());
  const lock = { "locks/organization/p/lab/1.json": JSON.stringify({ pid: other.pid }) };
  const { recover } = await stackWith(t, {}, lock);
  t.deepEqual(await recover(none), ["lock of a killed engine removed"]);
  t.true(isAlive(other.pid ?? 0));
});

test("a resource whose creation had succeeded is adopted, once, and then read; the others are forgotten", async (t) => {
  const [known, made, unmade, changing] = ["known", "made", "unmade", "changing"].map(subnet);
  if (!known || !made || !unmade || !changing) return t.fail();
  const { recover, calls, state } = await stackWith(t, {
    secrets_providers: { type: "passphrase" },
    resources: [
      { ...known, id: "subnet-1" },
      { ...changing, id: "subnet-2" },
    ],
    pending_operations: [
      { type: "creating", resource: made },
      { type: "creating", resource: unmade },
      { type: "creating", resource: known },
      { type: "updating", resource: changing },
    ],
  });
  const asked: [string, string[]][] = [];
  const done = await recover(async ({ urn }, taken) => {
    asked.push([urn, [...taken]]);
    return urn === made.urn ? "subnet-3" : undefined;
  });
  t.deepEqual(done, ["4 unfinished operations settled, 1 resources adopted"]);
  // Each call gets the ids that are taken already, including those adopted before it.
  t.deepEqual(asked, [
    [made.urn, ["subnet-1", "subnet-2"]],
    [unmade.urn, ["subnet-1", "subnet-2", "subnet-3"]],
  ]);
  t.deepEqual(state(), {
    version: 3,
    deployment: {
      secrets_providers: { type: "passphrase" },
      resources: [
        { ...known, id: "subnet-1" },
        { ...changing, id: "subnet-2" },
        { ...made, id: "subnet-3" },
      ],
    },
  });
  t.deepEqual(calls, ["export", "import", { refresh: [made.urn] }]);
});

test("operations without a result are forgotten without a look at the cloud", async (t) => {
  const { recover, calls } = await stackWith(t, {
    pending_operations: [{ type: "creating", resource: subnet("a") }],
  });
  t.deepEqual(await recover(none), ["1 unfinished operations settled, 0 resources adopted"]);
  t.deepEqual(calls, ["export", "import"]);
});
