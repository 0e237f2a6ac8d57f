/** On the real engine; where this machine has none yet (`npm run lab` brings it), these tests have nothing to run on. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "@pulumi/command/remote/command.js";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import { findEngine } from "../../../lab/engine/engine.ts";
import { type LabStack, labStack } from "../../../lab/engine/stack.ts";
import { type Sshd, startSshd } from "../providers/sshd.ts";

const engine = await findEngine(join(import.meta.dirname, "../../../.lab/engine"));
const test = anyTest as TestFn;
const onEngine = engine === undefined ? test.skip : test;

class Thing extends pulumi.CustomResource {
  declare readonly serial: pulumi.Output<string>;
  constructor(name: string, args: { slow?: boolean }, opts?: pulumi.CustomResourceOptions) {
    super("thing:index:Thing", name, { ...args, serial: undefined }, opts);
  }
}

interface Run {
  readonly stack: LabStack;
  readonly lab: string;
  /** URN → ids of the things that were made. */
  readonly things: () => Promise<Record<string, string[]>>;
  readonly progress: string[];
}

async function open(t: ExecutionContext, program: PulumiFn): Promise<Run> {
  if (engine === undefined) throw new Error("no engine");
  const lab = await mkdtemp(join(tmpdir(), "lab-"));
  const file = join(lab, "things");
  const progress: string[] = [];
  const things = async () => {
    const made: Record<string, string[]> = {};
    for (const line of (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean)) {
      const [urn = "", id = ""] = line.split(" ");
      made[urn] = [...(made[urn] ?? []), id];
    }
    return made;
  };
  const stack = await labStack({
    engine,
    lab,
    program,
    name: "test",
    attach: { thing: [join(import.meta.dirname, "thing.ts"), file] },
    adopt: async ({ urn }) => (await things())[urn]?.[0],
    progress: (line) => progress.push(line),
  });
  t.teardown(async () => {
    await stack.close();
    await rm(lab, { recursive: true });
  });
  return { stack, lab, things, progress };
}

/** The pid in the lock of the engine that is at work. */
async function enginePid(lab: string): Promise<number> {
  for (let i = 0; i < 200; i++, await sleep(25)) {
    const folder = join(lab, "pulumi/state/.pulumi/locks");
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const lock = names.find((name) => name.endsWith(".json"));
    if (lock === undefined) continue;
    const { pid } = JSON.parse(await readFile(join(folder, lock), "utf8")) as { pid: number };
    return pid;
  }
  throw new Error("no engine came to work");
}

const config = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "pi-1" },
  hosts: {},
};

async function host(t: ExecutionContext): Promise<Sshd> {
  const sshd = await startSshd();
  t.teardown(sshd.stop);
  return sshd;
}

const step = ({ port, user, privateKey, hostKeys }: Sshd, program: string) =>
  new Command(
    "step",
    {
      connection: { host: "127.0.0.1", port, user, privateKey, hostKey: hostKeys[0] ?? "" },
      create: "sh -s",
      delete: "true",
      stdin: pulumi.secret(program),
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { additionalSecretOutputs: ["stdout", "stderr"] },
  );

onEngine(
  "up, unchanged up, changed up, destroy: one login a run; no secret in the state or in a file",
  async (t) => {
    let text = "echo one # hunter2";
    const sshd = await host(t);
    const { stack, lab } = await open(t, async () => {
      const key = new PrivateKey("key", { algorithm: "ED25519" });
      return {
        out: pulumi.unsecret(step(sshd, text).stdout),
        key: key.publicKeyOpenssh,
        site: new pulumi.Config().requireObject("site"),
      };
    });
    await stack.setConfig({ ...config, ssh: { privateKey: "hunter2" } });
    const first = await stack.up();
    t.is(first.outputs.out?.value, "one");
    t.deepEqual(first.outputs.site?.value, config.site);
    t.regex(first.outputs.key?.value, /^ssh-ed25519 /);
    t.deepEqual((await stack.up()).summary.resourceChanges, { same: 3 });
    t.is(await sshd.logins(), 1);
    text = "echo two # hunter2";
    t.deepEqual((await stack.preview()).changeSummary, { same: 2, update: 1 });
    t.is((await stack.up()).outputs.out?.value, "two");

    const state = await stack.export();
    t.regex(state, /"ciphertext"/);
    const files = await readdir(join(lab, "pulumi"), { recursive: true, withFileTypes: true });
    const texts = files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), "utf8"));
    for (const text_ of [state, ...(await Promise.all(texts))])
      t.false(/hunter2|BEGIN (OPENSSH )?PRIVATE KEY/.test(text_));
    await stack.destroy();
    t.is(await sshd.logins(), 3);
  },
);

onEngine("a step that fails fails the up with what it printed, and not with its program", async (t) => {
  const sshd = await host(t);
  const { stack } = await open(t, async () => void step(sshd, "echo the disk is full; exit 4 # hunter2"));
  await stack.setConfig(config);
  const error = await t.throwsAsync(stack.up());
  t.true(error?.message.includes('Process exited with status 4: running "sh -s":'));
  t.true(error?.message.includes("the disk is full"));
  t.false(error?.message.includes("hunter2"));
});

onEngine("a killed engine: the next up adopts what came to be, and ends well", async (t) => {
  const { stack, lab, things, progress } = await open(t, async () => {
    const thing = new Thing("slow", { slow: true });
    const after = new Thing("after", {}, { dependsOn: thing });
    return { slow: thing.serial, after: after.serial };
  });
  await stack.setConfig(config);
  const up = t.throwsAsync(stack.up());
  const pid = await enginePid(lab);
  while (Object.keys(await things()).length === 0) await sleep(25);
  process.kill(pid, "SIGKILL");
  await up;

  const { outputs, summary } = await stack.up();
  t.deepEqual(progress, [
    "lock of a killed engine removed",
    "1 unfinished operations settled, 1 resources adopted",
  ]);
  t.is(outputs.slow?.value, "thing-1");
  t.is(summary.result, "succeeded");
  t.deepEqual(
    Object.values(await things()).map((ids) => ids.length),
    [1, 1],
  );
  t.deepEqual((await stack.up()).summary.resourceChanges, { same: 3 });
});

onEngine("a killed engine in the middle of a step: the next up runs the step again", async (t) => {
  const sshd = await host(t);
  const { stack, lab, progress } = await open(t, async () => ({
    out: step(sshd, "sleep 1; echo done").stdout,
  }));
  await stack.setConfig(config);
  const up = t.throwsAsync(stack.up());
  const pid = await enginePid(lab);
  while ((await sshd.logins()) === 0) await sleep(25);
  process.kill(pid, "SIGKILL");
  await up;
  t.is((await stack.up()).summary.result, "succeeded");
  t.deepEqual(progress, [
    "lock of a killed engine removed",
    "1 unfinished operations settled, 0 resources adopted",
  ]);
});
