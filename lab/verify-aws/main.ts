/** `npm run verify-aws` */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { Aws } from "../aws/aws.ts";
import { Daemon } from "../aws/daemon.ts";
import { noDataPlane } from "../aws/data-plane/contract.ts";
import { openSocket } from "../aws/front/socket.ts";
import { findEngine } from "../engine/engine.ts";
import { paths } from "../world/paths.ts";
import { simulatedAnswer } from "./answer.ts";
import { type Case, cases } from "./cases.ts";
import { askThroughEngine, installAwsPlugin } from "./engine.ts";

const usage = `npm run verify-aws [-- --engine | --account] [--only TEXT] [--region REGION]

Sends AWS requests that it must refuse, and compares the code and sentence with the simulated AWS's.

  (default)   asks the simulated AWS in this process
  --engine    asks it through the real Pulumi engine, each case as a program
  --account   asks AWS: the real engine, Pulumi's AWS plugin, your environment's credentials. Shows the price, asks
              for confirmation, and removes its resources: most cases create something free first, such as a VPC
  --only      runs only the cases with this text in their title
  --region    default: us-east-1

Tried so far: the default and --engine. --account has never run, not even the plugin's installation: the project has had
no account, so no refusal in docs/lab-provenance.md is marked verified. Mark those that AWS confirms, with the date.`;

const { values } = parseArgs({
  options: {
    engine: { type: "boolean" },
    account: { type: "boolean" },
    only: { type: "string", default: "" },
    region: { type: "string", default: "us-east-1" },
    help: { type: "boolean" },
  },
});
const { region } = values;
const chosen = cases(region).filter(({ title }) => title.includes(values.only));

function report(one: Case, answer: string): void {
  const isExpected = answer === one.answer;
  console.log(`${isExpected ? "✔" : "✘"} ${one.title}`);
  if (isExpected) return;
  console.log(`    expected: ${one.answer}\n    answer:   ${answer}`);
  process.exitCode = 1;
}

async function engine(): Promise<NonNullable<Awaited<ReturnType<typeof findEngine>>>> {
  const found = await findEngine(paths.engine);
  if (!found) throw new Error("verify-aws: needs the Pulumi engine: run `npm run lab` once");
  return found;
}

async function askSimulation(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "verify-aws-"));
  const socket = join(folder, "aws.sock");
  const aws = new Aws({ region, account: "123456789012" });
  const stateFile = join(folder, "state.json");
  const daemon = new Daemon({ aws, dataPlane: noDataPlane, stateFile, log: console.error });
  await daemon.start();
  const closeSocket = await openSocket(daemon, socket);
  try {
    await askThroughEngine(chosen, report, { engine: await engine(), lab: folder, region, socket });
    const left = aws.resources().map(({ id }) => id);
    if (left.length > 0) throw new Error(`verify-aws: left in the account: ${left.join(", ")}`);
  } finally {
    closeSocket();
    await daemon.close();
    await rm(folder, { recursive: true });
  }
}

async function askAccount(): Promise<void> {
  const dollars = chosen.reduce((sum, { hourly = 0 }) => sum + hourly, 0).toFixed(2);
  console.log(
    `${chosen.length} cases in ${region}: about $${dollars} before taxes, if nothing is left behind.`,
  );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const reply = await terminal.question("Create and remove their resources in your account? (yes/no) ");
  terminal.close();
  if (reply.trim() !== "yes") return;
  const found = await engine();
  await installAwsPlugin(found);
  await askThroughEngine(chosen, report, { engine: found, lab: join(paths.lab, "verify-aws"), region });
}

if (values.help) console.log(usage);
else if (values.account) await askAccount();
else if (values.engine) await askSimulation();
else for (const one of chosen) report(one, simulatedAnswer(one, region));
