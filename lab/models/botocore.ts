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

/** botocore's folder for each service, by the SDK's name of the service. */
const folders = {
  ACM: "acm",
  CloudWatch: "cloudwatch",
  "CloudWatch Logs": "logs",
  EC2: "ec2",
  ECR: "ecr",
  ECS: "ecs",
  "Elastic Load Balancing v2": "elbv2",
  IAM: "iam",
  KMS: "kms",
  Route53Resolver: "route53resolver",
  S3: "s3",
  SSM: "ssm",
  STS: "sts",
  WAFV2: "wafv2",
} as const;
export type Service = keyof typeof folders;

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

function read(folder: string): Model {
  const versions = join(installed, "botocore/data", folder);
  const newest = readdirSync(versions).sort().at(-1) ?? "";
  const packed = readFileSync(join(versions, newest, "service-2.json.gz"));
  return model.parse(JSON.parse(gunzipSync(packed).toString("utf8")));
}

/** Returns the models of all services that the lab simulates, by the SDK's names. Installs them the first time. */
export async function serviceModels(): Promise<ReadonlyMap<string, Model>> {
  if (!existsSync(installed)) await installModels(installed);
  return new Map(Object.entries(folders).map(([service, folder]) => [service, read(folder)]));
}
