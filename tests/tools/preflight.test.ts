import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { PreflightRow } from "../../pi/steps/preflight.ts";
import { tables } from "../../tools/preflight/table.ts";

const root = new URL("../../", import.meta.url).pathname;

const row = (more: Partial<PreflightRow> = {}): PreflightRow => ({
  name: "ssm.us-east-1.amazonaws.com",
  service: "ssm",
  result: "ok",
  addresses: ["10.0.0.21", "10.0.16.21"],
  tcpMilliseconds: 12,
  tlsMilliseconds: 148,
  maxSegmentBytes: 1348,
  sentBytes: 4202,
  receivedBytes: 4512,
  clockSeconds: 0,
  ...more,
});

const none: PreflightRow = {
  name: "ec2messages.us-east-1.amazonaws.com",
  service: "ec2messages",
  result: "no endpoint",
  addresses: [],
};

const at = "2026-11-21T17:05:00Z";

test("each node has a table, with a line for each name", (t) => {
  t.is(
    tables({ "pi-1": { measuredAt: at, rows: [row(), none] }, "pi-2": { measuredAt: at, rows: [none] } }),
    `pi-1, measured 2026-11-21T17:05:00Z

| Name                                | Endpoint    | Result      | Resolves to           |   TCP |    TLS | Segment |   Sent | Received | Clock |
| ----------------------------------- | ----------- | ----------- | --------------------- | ----: | -----: | ------: | -----: | -------: | ----: |
| ssm.us-east-1.amazonaws.com         | ssm         | ok          | 10.0.0.21, 10.0.16.21 | 12 ms | 148 ms |  1348 B | 4202 B |   4512 B |   0 s |
| ec2messages.us-east-1.amazonaws.com | ec2messages | no endpoint |                       |       |        |         |        |          |       |

pi-2, measured 2026-11-21T17:05:00Z

| Name                                | Endpoint    | Result      | Resolves to | TCP | TLS | Segment | Sent | Received | Clock |
| ----------------------------------- | ----------- | ----------- | ----------- | --: | --: | ------: | ---: | -------: | ----: |
| ec2messages.us-east-1.amazonaws.com | ec2messages | no endpoint |             |     |     |         |      |          |       |`,
  );
});

/** Runs the tool with a `pulumi` that knows one stack. */
function run(t: ExecutionContext, pulumi: string, ...words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "preflight-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/pulumi"), `#!/bin/sh\n${pulumi}\n`, { mode: 0o755 });
  cpSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  writeFileSync(join(folder, "Pulumi.home.yaml"), "config:\n  ecs-anywhere-hybrid:site:\n    preflight: 4\n");
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) => {
    const child = execFile(
      process.execPath,
      [...process.execArgv, join(root, "tools/preflight/main.ts"), ...words],
      { cwd: folder, env: { ...process.env, PATH: `${join(folder, "bin")}:/usr/bin:/bin` } },
      (_error, stdout, stderr) => done({ status: child.exitCode, stdout, stderr }),
    );
  });
}

/** The output of `pulumi stack output`, and the result of the newest update. */
const tells = (
  outputs: unknown,
  newest: object = { kind: "update", result: "succeeded", endTime: at },
) => `case "$*" in
  'stack output --json --stack home') echo '${JSON.stringify(outputs)}' ;;
  'stack history --json --page-size 1 --stack home') echo '${JSON.stringify([newest])}' ;;
  *) exit 9 ;;
esac`;

const again = `
To have every node look again:
pulumi config set --stack home --path ecs-anywhere-hybrid:site.preflight 5 && pulumi up --stack home
Or at once, on one node: sudo /usr/local/lib/ecs-anywhere-hybrid/preflight
`;

test("prints the stack's output", async (t) => {
  const { status, stdout, stderr } = await run(
    t,
    tells({ preflight: { "pi-1": { measuredAt: at, rows: [row(), none] } } }),
    "home",
  );
  t.is(stderr, "");
  t.is(stdout, `${tables({ "pi-1": { measuredAt: at, rows: [row(), none] } })}\n${again}`);
  t.is(status, 0);
});

test("a row that is not as it should be is named, with exit status 1", async (t) => {
  const rows = [row({ result: "tunnel" }), none];
  const { status, stdout } = await run(t, tells({ preflight: { "pi-2": { measuredAt: at, rows } } }), "home");
  t.is(status, 1);
  t.true(
    stdout.endsWith(`\nNot as it should be:\npi-2: ssm.us-east-1.amazonaws.com: tunnel\n${again}`),
    stdout,
  );
});

test("an update that failed since is reported, with exit status 1: the table is the last good one", async (t) => {
  const preflight = { "pi-1": { measuredAt: at, rows: [row()] } };
  const newest = (result: string, endTime: string) => ({ kind: "update", result, endTime });
  const failed = await run(t, tells({ preflight }, newest("failed", "2026-11-21T18:00:00.000Z")), "home");
  t.is(failed.status, 1);
  t.true(
    failed.stdout.includes(
      "Not as it should be:\nthe update that ended 2026-11-21T18:00:00.000Z failed; what it measured at pi-1 is not above\n",
    ),
    failed.stdout,
  );
  for (const other of [
    newest("failed", "2026-11-21T16:00:00.000Z"),
    newest("succeeded", "2026-11-21T18:00:00.000Z"),
    { ...newest("failed", "2026-11-21T18:00:00.000Z"), kind: "refresh" },
  ])
    t.is((await run(t, tells({ preflight }, other), "home")).status, 0);
});

for (const [title, outputs] of [
  ["of before", {}],
  ["without nodes that measure", { preflight: {} }],
] as const) {
  test(`a stack ${title} has no measurement`, async (t) => {
    const { status, stdout, stderr } = await run(t, tells(outputs), "home");
    t.is(
      stderr,
      "preflight: (missing): must be an output of stack home, with a measurement; run pulumi up with privateEndpoints, resolver.inbound and site.dns\n",
    );
    t.is(stdout, "");
    t.is(status, 2);
  });
}

test("pulumi's own message, when it fails", async (t) => {
  const { status, stderr } = await run(t, "echo 'error: no stack selected' >&2; exit 255", "home");
  t.is(
    stderr,
    "pulumi stack output: error: no stack selected: must print the stack's output; log in to the stack's backend, or run pulumi up\n",
  );
  t.is(status, 2);
});

test("an unknown stack and unknown arguments are refused", async (t) => {
  const unknown = await run(t, "exit 9", "hom");
  t.regex(
    unknown.stderr,
    /^STACK: hom: must be a stack of this project: there is no Pulumi\.hom\.yaml; choose one of home, /,
  );
  t.is(unknown.status, 2);
  t.is((await run(t, "exit 9")).status, 2);
  const option = await run(t, "exit 9", "home", "--agian");
  t.regex(option.stderr, /--agian/);
  t.is(option.status, 2);
});
