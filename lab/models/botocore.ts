/**
 * AWS's service models, out of the pinned botocore (`requirements.txt`), which pip installs below `.lab/`. The models
 * are AWS's own description of its APIs, and every SDK is made from them.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { project } from "../world/paths.ts";
import { type Model, model } from "./model.ts";

const requirements = join(import.meta.dirname, "requirements.txt");
const version = /botocore==(\S+)/.exec(readFileSync(requirements, "utf8"))?.[1] ?? "";
const installed = join(project, `.lab/models/botocore-${version}`);

/** botocore's folders whose names are not the SDK's name of the service. */
const folders: Readonly<Record<string, string>> = {
  "CloudWatch Logs": "logs",
  "Elastic Load Balancing v2": "elbv2",
};

/**
 * Installs botocore into `folder`.
 *
 * @throws Error that says what to do if pip or its index is missing
 */
export async function installModels(folder: string, python = "python3"): Promise<void> {
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  const options = ["--quiet", "--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes"];
  const args = ["-m", "pip", "install", ...options, "--target", partial, "--requirement", requirements];
  try {
    await promisify(execFile)(python, args, { cwd: project });
    // Another test may have been faster.
    await rename(partial, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(
      `lab/models: botocore ${version}: must be installed, since its models judge the simulated AWS (${(stderr || message).trim()}); install python3-pip, make pip's index reachable, and run this again`,
    );
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function read(service: string): Model {
  const folder = folders[service] ?? service.toLowerCase().replaceAll(" ", "");
  const versions = join(installed, "botocore/data", folder);
  const newest = readdirSync(versions).sort().at(-1) ?? "";
  const packed = readFileSync(join(versions, newest, "service-2.json.gz"));
  return model.parse(JSON.parse(gunzipSync(packed).toString("utf8")));
}

/**
 * Returns a function that finds a service's model by the SDK's name of the service, for example `Elastic Load Balancing
 * v2`. Installs the models the first time.
 */
export async function serviceModels(): Promise<(service: string) => Model> {
  if (!existsSync(installed)) await installModels(installed);
  const known = new Map<string, Model>();
  return (service) => {
    const found = known.get(service) ?? read(service);
    known.set(service, found);
    return found;
  };
}
