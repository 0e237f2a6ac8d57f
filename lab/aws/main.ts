/**
 * The simulated AWS as a process of the lab. It is NOT Amazon's, needs no account, and says so in its log.
 *
 * ```
 * node lab/aws/main.ts --state FOLDER --socket FILE --endpoints-socket FILE --address IP --certificate PEM --key PEM \
 *   --registry FOLDER --mirror FOLDER
 * ```
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { agentFiles } from "../agents/packages.ts";
import { Aws } from "./aws.ts";
import { Daemon } from "./daemon.ts";
import { DoorLog } from "./front/doors.ts";
import { openInternet } from "./front/internet.ts";
import { openPrivateDoor } from "./front/private-door.ts";
import { openSocket } from "./front/socket.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    /** Folder of the account's state and of the key that signs the stand-ins of AWS's packages. */
    state: text,
    socket: text,
    /** What the VPC's interface endpoints hand requests on to. */
    "endpoints-socket": text,
    address: text,
    certificate: text,
    key: text,
    registry: text,
    mirror: text,
    region: { ...text, default: "us-east-1" },
    account: { ...text, default: "123456789012" },
    "https-port": { ...text, default: "443" },
    "http-port": { ...text, default: "80" },
    /** `none`: a control plane without a network. */
    "data-plane": { ...text, default: "lab" },
  },
});

function need(name: Exclude<keyof typeof values, "region" | "account">): string {
  const value = values[name];
  if (value === undefined)
    throw new Error(`--${name}: nothing given: the simulated AWS needs it; add --${name}`);
  return value;
}

const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);

async function dataPlane() {
  if (values["data-plane"] === "none") return (await import("./data-plane/contract.ts")).noDataPlane;
  const { LabDataPlane } = await import("./data-plane/index.ts");
  const files = { certificate: need("certificate"), key: need("key") };
  return new LabDataPlane({ upstream: need("endpoints-socket"), ...files });
}

log("simulated AWS (not Amazon's): starting");
const state = need("state");
const aws = new Aws({ region: values.region, account: values.account });
const daemon = new Daemon({ aws, dataPlane: await dataPlane(), stateFile: join(state, "state.json"), log });
const { files, installer } = await agentFiles(aws.region, join(state, "signing-key"));
await daemon.start();
const hosts = { objects: files, registry: need("registry") };
const passages = new DoorLog();
const internet = {
  address: need("address"),
  httpsPort: Number(values["https-port"]),
  httpPort: Number(values["http-port"]),
  certificate: await readFile(need("certificate"), "utf8"),
  key: await readFile(need("key"), "utf8"),
  hosts,
  mirror: need("mirror"),
};
const views = { installer: () => installer, passages: () => passages.seen() };
const doors = [
  await openInternet(aws, internet, passages),
  await openPrivateDoor(aws, need("endpoints-socket"), hosts, passages),
  await openSocket(daemon, need("socket"), views),
];
log(`simulated AWS: region ${aws.region}, account ${aws.account}, at ${values.address}`);

async function end(): Promise<void> {
  for (const close of doors) close();
  await daemon.close();
  process.exit(0);
}
process.once("SIGTERM", () => void end());
process.once("SIGINT", () => void end());
