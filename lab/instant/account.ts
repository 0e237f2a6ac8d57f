/** A simulated account behind a socket in a folder of its own: for the real engine, without a network and without a lab. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aws } from "../aws/aws.ts";
import { Daemon } from "../aws/daemon.ts";
import { noDataPlane } from "../aws/data-plane/contract.ts";
import type { Pace } from "../aws/front/pace.ts";
import { openSocket } from "../aws/front/socket.ts";
import { account, region } from "../world/topology.ts";

export interface InstantAccount {
  readonly aws: Aws;
  /** Goes with the account. */
  readonly folder: string;
  /** The command that starts the engine's provider `aws`. */
  readonly provider: readonly string[];
  readonly close: () => Promise<void>;
}

export interface InstantAccountOptions {
  /** Default: AWS does everything at once. */
  readonly pace?: Pace | undefined;
  /** Prepares the account before anything asks it. */
  readonly prepare?: ((aws: Aws) => void) | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

/** Opens an empty account. `close` removes everything. */
export async function openAccount({
  pace,
  prepare,
  log,
}: InstantAccountOptions = {}): Promise<InstantAccount> {
  const folder = await mkdtemp(join(tmpdir(), "instant-"));
  const aws = new Aws({ region, account });
  prepare?.(aws);
  const daemon = new Daemon({
    aws,
    dataPlane: noDataPlane,
    stateFile: join(folder, "aws.json"),
    log: log ?? (() => undefined),
    ...(pace ? { pace } : {}),
  });
  await daemon.start();
  const socket = join(folder, "aws.sock");
  const closeSocket = await openSocket(daemon, socket);
  return {
    aws,
    folder,
    provider: [join(import.meta.dirname, "../aws/provider.ts"), "--socket", socket],
    close: async () => {
      closeSocket();
      await daemon.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The command that starts the engine's provider `command`, whose hosts have every step in force at once. */
export const instantHosts: readonly string[] = [join(import.meta.dirname, "provider.ts"), "command"];
