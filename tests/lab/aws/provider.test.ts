import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import test from "ava";
import protobuf from "google-protobuf/google/protobuf/struct_pb.js";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { noDataPlane } from "../../../lab/aws/data-plane/contract.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import { plainRecord, secret } from "../../../lab/aws/values.ts";
import { Account, typeOf } from "./account.ts";

let folder: string;
let account: Account;
let provider: ChildProcess;
let client: InstanceType<typeof services.ResourceProviderClient>;
let end: () => Promise<void>;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lab-provider-"));
  account = new Account();
  const socket = join(folder, "aws.sock");
  const daemon = new Daemon({
    aws: account.aws,
    dataPlane: noDataPlane,
    stateFile: join(folder, "state.json"),
    log: () => undefined,
  });
  await daemon.start();
  const close = await openSocket(daemon, socket);
  const program = new URL("../../../lab/aws/provider.ts", import.meta.url).pathname;
  provider = spawn(process.execPath, [...process.execArgv, program, "--socket", socket], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (!provider.stdout) throw new Error("no stdout");
  const [port] = await once(createInterface(provider.stdout), "line");
  client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  end = async () => {
    client.close();
    provider.kill();
    close();
    await daemon.close();
    await rm(folder, { recursive: true });
  };
});
test.after.always(() => end?.());

type Reply<T> = (error: Error | null, answer: T) => void;

const answered = <T>(ask: (reply: Reply<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => ask((error, answer) => (error ? reject(error) : resolve(answer))));

const urn = (type: string, name: string) =>
  `urn:pulumi:test::hybrid::hybrid:connectivity:SiteVpn$${type}::${name}`;
const struct = (of: object) => protobuf.Struct.fromJavaScript({ ...of });
const plain = (of: protobuf.Struct | undefined): Record<string, unknown> => of?.toJavaScript() ?? {};

async function create(type: string, name: string, inputs: object) {
  const request = new messages.CreateRequest();
  request.setUrn(urn(type, name));
  request.setProperties(struct(inputs));
  const answer = await answered<InstanceType<typeof messages.CreateResponse>>((reply) =>
    client.create(request, reply),
  );
  return { id: answer.getId(), outputs: plain(answer.getProperties()) };
}

const readBack = (request: InstanceType<typeof messages.ReadRequest>) =>
  answered<InstanceType<typeof messages.ReadResponse>>((reply) => client.read(request, reply));

test("a key that the program gave as a secret stays secret, and a key that AWS generated is secret too", async (t) => {
  const { vpnGatewayId, customerGatewayId } = account.gateways(account.vpc());
  const inputs = {
    vpnGatewayId,
    customerGatewayId,
    type: "ipsec.1",
    tunnel1PresharedKey: secret("abcdefgh12345678"),
    tags: { Name: "x" },
  };
  const { id, outputs } = await create(typeOf("vpnConnection"), "vpn", inputs);
  t.regex(id, /^vpn-/);
  t.deepEqual(outputs.tunnel1PresharedKey, secret("abcdefgh12345678"));
  t.regex(JSON.stringify(outputs.tunnel2PresharedKey), /1b47061264138c4ac30d75fd1eb44270/);
  t.is(outputs.tunnel1Address, "203.0.113.17");
  t.is(plainRecord(account.outputs("vpnConnection", id)).tunnel1PresharedKey, "abcdefgh12345678");

  const read = new messages.ReadRequest();
  read.setId(id);
  read.setUrn(urn(typeOf("vpnConnection"), "vpn"));
  read.setProperties(struct(outputs));
  const state = plain((await readBack(read)).getProperties());
  t.deepEqual(state.tunnel1PresharedKey, secret("abcdefgh12345678"));

  const diff = async (news: object) => {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(urn(typeOf("vpnConnection"), "vpn"));
    request.setOlds(struct(outputs));
    request.setNews(struct(news));
    const reply = await answered<InstanceType<typeof messages.DiffResponse>>((r) => client.diff(request, r));
    return reply.toObject();
  };
  const { DiffChanges } = messages.DiffResponse;
  t.like(await diff(inputs), { changes: DiffChanges.DIFF_NONE });
  t.like(await diff({ ...inputs, staticRoutesOnly: true }), {
    changes: DiffChanges.DIFF_SOME,
    replacesList: ["staticRoutesOnly"],
  });
});

test("check names resources without a name, and reports what the provider would refuse", async (t) => {
  const check = async (inputs: object) => {
    const request = new messages.CheckRequest();
    request.setUrn(urn(typeOf("targetGroup"), "hits"));
    request.setOlds(struct({}));
    request.setNews(struct(inputs));
    return answered<InstanceType<typeof messages.CheckResponse>>((reply) => client.check(request, reply));
  };
  const good = await check({ port: 80, protocol: "TCP", vpcId: secret("vpc-1") });
  const inputs = plain(good.getInputs());
  t.regex(String(inputs.name), /^hits-[0-9a-f]{7}$/);
  t.deepEqual(inputs.vpcId, secret("vpc-1"));
  const bad = await check({ port: 0, protocol: "TCP", vpcId: "vpc-1" });
  t.is(bad.getFailuresList()[0]?.getProperty(), "port");
});

test("a refusal reaches the engine in AWS's words", async (t) => {
  const vpcId = account.vpc("10.9.0.0/16");
  const error = await t.throwsAsync(create(typeOf("subnet"), "s", { vpcId, cidrBlock: "10.0.0.0/24" }));
  t.regex(
    error.message,
    /operation error EC2: CreateSubnet, .* api error InvalidSubnet\.Range: The CIDR '10\.0\.0\.0\/24' is invalid\.$/,
  );
});

test("a refused update reaches the engine with the state that the bridge keeps", async (t) => {
  const { subnets, group } = account.network();
  const foreign = account.make("securityGroup", { vpcId: account.vpc("10.8.0.0/16") });
  const inputs = { name: "front", internal: true, subnets, securityGroups: [group] };
  const { id, outputs } = await create(typeOf("loadBalancer"), "front", inputs);
  const update = async (olds: object, securityGroups: string[]) => {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(urn(typeOf("loadBalancer"), "front"));
    request.setOlds(struct(olds));
    request.setNews(struct({ ...inputs, securityGroups }));
    const answer = await answered<InstanceType<typeof messages.UpdateResponse>>((reply) =>
      client.update(request, reply),
    );
    return plain(answer.getProperties());
  };
  const error = await t.throwsAsync<ServiceError>(update(outputs, [foreign]));
  const details = String(error?.metadata.get("grpc-status-details-bin")[0]);
  t.regex(details, /pulumirpc\.ErrorResourceInitFailed/);
  t.true(details.includes(foreign));
});

test("a refresh sees that a deleted resource is gone", async (t) => {
  const read = new messages.ReadRequest();
  read.setId("vpc-0");
  read.setUrn(urn(typeOf("vpc"), "v"));
  read.setProperties(struct({}));
  t.is((await readBack(read)).getId(), "");
});
