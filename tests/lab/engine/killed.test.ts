/**
 * The real program on the real engine against the simulated AWS, with hosts that answer every step at once; the engine is
 * killed again and again in the middle. Where this machine has no engine yet (`npm run lab` brings it), nothing is run.
 */
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import ssh2 from "ssh2";
import { Aws } from "../../../lab/aws/aws.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { noDataPlane } from "../../../lab/aws/data-plane.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import { adoptFromAccount } from "../../../lab/engine/adopt.ts";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { labStack } from "../../../lab/engine/stack.ts";
import { freePort, keyPair } from "../providers/sshd.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
const test = (engine === undefined ? anyTest.skip : anyTest) as TestFn;

/** An SSH server whose every command takes its stdin and says that nothing had to be changed. */
async function agreeableHost(t: ExecutionContext) {
  const keys = keyPair();
  let steps = 0;
  const facts = {
    managedInstanceId: "mi-0123456789abcdef0",
    containerInstanceArn: "arn:aws:ecs:us-east-1:123456789012:container-instance/c/0",
  };
  const server = new ssh2.Server({ hostKeys: [keys.private] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) =>
      accept().on("exec", (acceptExec) => {
        steps++;
        const channel = acceptExec();
        channel.resume().on("end", async () => {
          await sleep(100);
          channel.write(`${JSON.stringify({ step: "any", changed: [], facts })}\n`);
          channel.exit(0);
          channel.end();
        });
      }),
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  return { port, hostKey: keys.public.trim(), steps: () => steps };
}

test("an engine killed in the middle of an up, twice: the next up ends well, and nothing is there twice", async (t) => {
  if (engine === undefined) throw new Error("no engine");
  t.timeout(180_000);
  const lab = await mkdtemp(join(tmpdir(), "lab-"));
  const stateFile = join(lab, "aws.json");
  const socket = join(lab, "aws.sock");
  const aws = new Aws({ region: "us-east-1", account: "123456789012" });
  const daemon = new Daemon({ aws, dataPlane: noDataPlane, stateFile, log: t.log });
  await daemon.start();
  const closeSocket = await openSocket(daemon, socket);
  const progress: string[] = [];
  const stack = await labStack({
    engine,
    lab,
    attach: { aws: [join(root, "lab/aws/provider.ts"), "--socket", socket] },
    adopt: adoptFromAccount(stateFile),
    progress: (line) => progress.push(line),
  });
  t.teardown(async () => {
    await stack.close();
    closeSocket();
    await daemon.close();
    await rm(lab, { recursive: true });
  });

  const { port, hostKey, steps } = await agreeableHost(t);
  const host = { address: "127.0.0.1", port, hostKey };
  const config: StackConfig = {
    site: { cidr: "127.0.0.0/24", publicAddress: "198.51.100.7", gateway: "pi" },
    hosts: { pi: { ...host, node: {} } },
    ssh: { privateKey: keyPair().private },
  };
  await stack.setConfig(config);

  const killedWhen = async (reached: () => boolean) => {
    const up = stack.up().then(
      () => "ended well",
      () => "failed",
    );
    while (!reached()) await sleep(20);
    const [lock] = globSync(join(lab, "pulumi/state/.pulumi/locks/**/*.json"));
    t.truthy(lock);
    process.kill((JSON.parse(readFileSync(lock ?? "", "utf8")) as { pid: number }).pid, "SIGKILL");
    t.is(await up, "failed");
  };
  await killedWhen(() => aws.resources().length >= 6);
  await killedWhen(() => steps() >= 2);

  t.is((await stack.up()).summary.result, "succeeded");
  t.is(progress.filter((line) => line === "lock of a killed engine removed").length, 2);
  const { same, ...changes } = (await stack.up()).summary.resourceChanges ?? {};
  t.deepEqual(changes, {});
  const state = JSON.parse(await stack.export()) as {
    deployment: { resources: { id?: string; type: string }[] };
  };
  const known = state.deployment.resources.filter(({ type }) => type.startsWith("aws:")).map(({ id }) => id);
  t.deepEqual(
    aws
      .resources()
      .map(({ id }) => id)
      .filter((id) => !known.includes(id)),
    [],
  );
  await stack.destroy();
  t.deepEqual(aws.resources(), []);
});
