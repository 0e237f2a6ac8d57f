import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import anyTest, { type TestFn } from "ava";
import { Daemon } from "../../../lab/aws/daemon.ts";
import type { DesiredNetwork, ObservedNetwork } from "../../../lab/aws/data-plane/contract.ts";
import { DoorLog } from "../../../lab/aws/front/doors.ts";
import { openInternet } from "../../../lab/aws/front/internet.ts";
import { openPrivateDoor } from "../../../lab/aws/front/private-door.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import { freePort } from "../providers/ssh-server.ts";
import { Account } from "./account.ts";

const run = promisify(execFile);

export interface World {
  folder: string;
  account: Account;
  daemon: Daemon;
  wanted: DesiredNetwork[];
  observed: ObservedNetwork;
  port: number;
  httpPort: number;
  end: () => Promise<void>;
}
/** A test that has its own daemon and doors. */
export const test = anyTest as TestFn<World>;

test.beforeEach(async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lab-aws-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  await run("openssl", [
    "req",
    "-x509",
    ...curve,
    "-nodes",
    "-keyout",
    key,
    "-out",
    certificate,
    "-days",
    "1",
    "-subj",
    "/CN=lab",
  ]);
  for (const name of ["registry", "mirror"]) await mkdir(join(folder, name));
  // The doors use real time.
  const account = new Account({ clock: () => new Date() });
  const wanted: DesiredNetwork[] = [];
  const world: Partial<World> & { observed: ObservedNetwork } = { observed: { tunnels: [], targets: [] } };
  const dataPlane = {
    reconcile: async (desired: DesiredNetwork) => void wanted.push(desired),
    observe: async () => world.observed,
  };
  const stateFile = join(folder, "state.json");
  const daemon = new Daemon({ aws: account.aws, dataPlane, stateFile, log: (line) => t.log(line) });
  await daemon.start();
  const port = await freePort();
  const httpPort = await freePort();
  const hosts = {
    objects: new Map([["amazon-ecs-agent.s3.amazonaws.com/install.sh", Buffer.from("#!/bin/sh\n")]]),
    registry: join(folder, "registry"),
  };
  const internet = {
    address: "127.0.0.1",
    httpsPort: port,
    httpPort,
    certificate: await readFile(certificate, "utf8"),
    key: await readFile(key, "utf8"),
    hosts,
    mirror: join(folder, "mirror"),
  };
  const passages = new DoorLog();
  const closers = [
    await openInternet(account.aws, internet, passages),
    await openPrivateDoor(account.aws, join(folder, "endpoints.sock"), hosts, passages),
    await openSocket(daemon, join(folder, "aws.sock"), { passages: () => passages.seen() }),
  ];
  t.context = Object.assign(world, {
    folder,
    account,
    daemon,
    wanted,
    port,
    httpPort,
    end: async () => {
      for (const close of closers) close();
      await daemon.close();
      await rm(folder, { recursive: true });
    },
  });
});
test.afterEach.always((t) => t.context.end());

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export const over = (
  send: typeof tlsRequest | typeof plainRequest,
  options: object,
  body: string | undefined,
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const sent = send({ host: "127.0.0.1", ...options }, (response) => {
      text(response).then(
        (got) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: got }),
        reject,
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });

/** Asks one of AWS's hosts, whose names the lab's DNS resolves to this door. */
export const https = ({ port }: World, host: string, path: string, headers: object = {}, body?: string) =>
  over(
    tlsRequest,
    {
      port,
      path,
      method: body === undefined ? "GET" : "POST",
      rejectUnauthorized: false,
      headers: { host, ...headers },
    },
    body,
  );

/** Asks as the endpoints' process does: for an endpoint, on behalf of an address. */
export const byEndpoint = (
  { folder }: World,
  endpoint: string,
  from: string,
  host: string,
  path: string,
  headers: object = {},
) =>
  over(
    plainRequest,
    {
      socketPath: join(folder, "endpoints.sock"),
      path,
      headers: { host, "x-lab-endpoint": endpoint, "x-lab-from": from, ...headers },
    },
    undefined,
  );

export const local = ({ folder }: World, path: string, body?: object) =>
  over(
    plainRequest,
    { socketPath: join(folder, "aws.sock"), path, method: body === undefined ? "GET" : "POST" },
    body && JSON.stringify(body),
  );
