import { CustomerGateway } from "@pulumi/aws/ec2/customerGateway.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { VpnConnection } from "@pulumi/aws/ec2/vpnConnection.js";
import { VpnGateway } from "@pulumi/aws/ec2/vpnGateway.js";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { Activation } from "@pulumi/aws/ssm/activation.js";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { failureOf, valueOfOutput, withAws } from "./mocks.ts";

class Moon extends pulumi.CustomResource {}

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ssm.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

test.serial("a program gets AWS's ids and computed values", async (t) => {
  const mocked = await withAws();
  const vpc = new Vpc("net", { cidrBlock: "10.0.0.0/16" });
  const subnet = new Subnet("a", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" }, { parent: vpc });
  const all = await mocked.registered();
  t.deepEqual(
    all.map((r) => [r.type, r.name]),
    [
      ["aws:ec2/vpc:Vpc", "net"],
      ["aws:ec2/subnet:Subnet", "a"],
    ],
  );
  t.regex(await valueOfOutput(vpc.id), /^vpc-[0-9a-f]{17}$/);
  t.is(await valueOfOutput(subnet.availabilityZone), "us-east-1a");
  t.deepEqual(all[1]?.inputs, { vpcId: await valueOfOutput(vpc.id), cidrBlock: "10.0.1.0/24" });
  t.is(all[1]?.parent, all[0]?.urn);
  t.deepEqual(all[1]?.dependencies, [all[0]?.urn]);
});

test.serial("the same program gets the same ids", async (t) => {
  const ids = async () => {
    const mocked = await withAws();
    new Vpc("net", { cidrBlock: "10.0.0.0/16" });
    return (await mocked.registered()).map((r) => r.id);
  };
  t.deepEqual(await ids(), await ids());
});

test.serial("secrets of the SDK and of the program's options are secrets", async (t) => {
  const mocked = await withAws();
  const vpc = new Vpc("net", { cidrBlock: "10.0.0.0/16" });
  const gateway = new VpnGateway("vgw", { vpcId: vpc.id });
  const customer = new CustomerGateway("cgw", {
    type: "ipsec.1",
    ipAddress: "198.51.100.7",
    bgpAsn: "65000",
  });
  const vpn = new VpnConnection("vpn", {
    vpnGatewayId: gateway.id,
    customerGatewayId: customer.id,
    type: "ipsec.1",
    staticRoutesOnly: true,
    tunnel1PresharedKey: pulumi.secret("abcdefgh12345678"),
  });
  const role = new Role("node", { assumeRolePolicy: trust });
  const open = new Activation("open", { iamRole: role.name });
  const closed = new Activation(
    "closed",
    { iamRole: role.name },
    { additionalSecretOutputs: ["activationCode"] },
  );
  const all = await mocked.registered();
  t.deepEqual(all.find((r) => r.name === "vpn")?.secretInputs, ["tunnel1PresharedKey"]);
  t.is(await valueOfOutput(vpn.tunnel1PresharedKey), "abcdefgh12345678");
  t.true(await pulumi.isSecret(vpn.tunnel2PresharedKey));
  t.false(await pulumi.isSecret(vpn.tunnel1Address));
  t.false(await pulumi.isSecret(open.activationCode));
  t.true(await pulumi.isSecret(closed.activationCode));
});

test.serial("functions and commands answer", async (t) => {
  const mocked = await withAws({ ssh: (name, inputs) => `${name}: ${String(inputs.create)}` });
  const who = getCallerIdentityOutput();
  const command = new remote.Command("pi-1-docker", {
    connection: { host: "192.168.1.101" },
    create: "sudo sh -s",
    stdin: pulumi.secret("program"),
  });
  await mocked.registered();
  t.is(await valueOfOutput(who.accountId), "123456789012");
  t.is(await valueOfOutput(command.stdout), "pi-1-docker: sudo sh -s");
});

test.serial("a refusal has AWS's own message", async (t) => {
  const mocked = await withAws();
  const error = await failureOf(mocked, () => {
    const vpc = new Vpc("net", { cidrBlock: "10.0.0.0/16" });
    new Subnet("a", { vpcId: vpc.id, cidrBlock: "10.1.1.0/24" });
  });
  t.regex(
    error.message,
    /^operation error EC2: CreateSubnet, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, api error InvalidSubnet\.Range: The CIDR '10\.1\.1\.0\/24' is invalid\.$/,
  );
});

test.serial("an error inside an Output is found", async (t) => {
  const mocked = await withAws();
  const error = await failureOf(mocked, () => {
    const vpc = new Vpc("net", { cidrBlock: "10.0.0.0/16" });
    const broken = vpc.id.apply((): string => {
      throw new Error("vpcId: not to my liking");
    });
    new Subnet("a", { vpcId: broken, cidrBlock: "10.0.1.0/24" });
  });
  t.regex(error.message, /vpcId: not to my liking$/);
});

test.serial("a type that the simulation does not have is an error that says so", async (t) => {
  const mocked = await withAws();
  const error = await failureOf(mocked, () => new Moon("aws:ec2/moon:Moon", "m", {}));
  t.is(error.message, "the simulated AWS does not know the resource type aws:ec2/moon:Moon");
});

test.serial("an input that the simulation does not have is an error that says so", async (t) => {
  const mocked = await withAws();
  const error = await failureOf(
    mocked,
    () => new Vpc("net", { cidrBlock: "10.0.0.0/16", ipv6NetmaskLength: 56 }),
  );
  t.is(error.message, "aws:ec2/vpc:Vpc net: ipv6NetmaskLength: the simulated AWS does not know this input");
});
