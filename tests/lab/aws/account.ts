import type { Properties } from "../../../lab/aws/account.ts";
import { Aws, type AwsOptions } from "../../../lab/aws/aws.ts";
import { kinds } from "../../../lab/aws/services.ts";

/** Pulumi's type tokens by the name of the resource in them: `vpc` for `aws:ec2/vpc:Vpc`. */
const types = new Map([...kinds.keys()].map((type) => [type.split(/[/:]/)[2], type]));

export function typeOf(name: string): string {
  const type = types.get(name);
  if (type === undefined) throw new Error(`the simulated AWS has no resource ${name}`);
  return type;
}

export const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

export const allow = (actions: string[], resource: string, condition?: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: actions,
        Resource: resource,
        ...(condition ? { Condition: condition } : {}),
      },
    ],
  });

/** Imports a certificate, which is never served, and returns its ARN. */
export function importedCertificate(aws: Aws): string {
  const pem = (what: string) => `-----BEGIN ${what}-----\nYQ==\n-----END ${what}-----\n`;
  const given = { certificateBody: pem("CERTIFICATE"), privateKey: pem("PRIVATE KEY") };
  return aws.create(typeOf("certificate"), given).id;
}

/** The policy by which both types of load balancer may write access logs, as docs/tutorial.md has it. */
export const logPolicy = (bucket: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: {
          Service: ["logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com"],
        },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
      {
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: "s3:GetBucketAcl",
        Resource: `arn:aws:s3:::${bucket}`,
      },
    ],
  });

/** Makes a bucket for access logs. */
export function logBucket(aws: Aws, bucket: string): void {
  aws.create(typeOf("bucket"), { bucket, policy: logPolicy(bucket) });
}

/** An account that makes resources by name, as the provider does: checks, then creates. */
export class Account {
  readonly aws: Aws;
  time = Date.parse("2026-11-21T12:00:00Z");

  constructor(options: Partial<AwsOptions> = {}) {
    this.aws = new Aws({
      region: "us-east-1",
      account: "123456789012",
      seed: "account",
      clock: () => new Date(this.time),
      ...options,
    });
  }

  /** Moves the clock forward. */
  pass(seconds: number): void {
    this.time += seconds * 1000;
  }

  /** Creates a resource and returns its id. Throws the refusal of the provider's check or of AWS. */
  make(resource: string, inputs: Properties, name = resource): string {
    const { inputs: named, failures } = this.aws.check(typeOf(resource), name, {}, inputs);
    const [failure] = failures;
    if (failure) throw new Error(`${failure.property}: ${failure.reason}`);
    return this.aws.create(typeOf(resource), named).id;
  }

  outputs(resource: string, id: string): Properties {
    return this.aws.read(typeOf(resource), id)?.outputs ?? {};
  }

  text(resource: string, id: string, output: string): string {
    return String(this.outputs(resource, id)[output]);
  }

  /** Returns what the provider would do about new inputs. */
  plan(resource: string, id: string, inputs: Properties) {
    const [type, olds] = [typeOf(resource), this.outputs(resource, id)];
    return this.aws.diff(type, id, olds, this.aws.check(type, resource, olds, inputs).inputs);
  }

  /** Updates a resource, as the provider does for a change that replaces nothing. */
  change(resource: string, id: string, inputs: Properties): Properties {
    const [type, olds] = [typeOf(resource), this.outputs(resource, id)];
    return this.aws.update(type, id, olds, this.aws.check(type, resource, olds, inputs).inputs);
  }

  drop(resource: string, id: string): void {
    this.aws.delete(typeOf(resource), id);
  }

  vpc(cidrBlock = "10.0.0.0/16"): string {
    return this.make("vpc", { cidrBlock, enableDnsHostnames: true });
  }

  subnets(vpcId: string): [a: string, b: string] {
    const subnet = (n: number, zone: string) =>
      this.make("subnet", { vpcId, cidrBlock: `10.0.${n}.0/24`, availabilityZone: `us-east-1${zone}` });
    return [subnet(1, "a"), subnet(2, "b")];
  }

  /** Creates a VPC with two subnets and a security group. */
  network() {
    const vpcId = this.vpc();
    return { vpcId, subnets: this.subnets(vpcId), group: this.make("securityGroup", { vpcId }) };
  }

  gateways(vpcId: string) {
    return {
      vpnGatewayId: this.make("vpnGateway", { vpcId }),
      customerGatewayId: this.make("customerGateway", {
        type: "ipsec.1",
        ipAddress: "198.51.100.7",
        bgpAsn: "65000",
      }),
    };
  }

  vpn(more: Properties = {}): string {
    return this.make("vpnConnection", {
      ...this.gateways(this.vpc()),
      type: "ipsec.1",
      staticRoutesOnly: true,
      ...more,
    });
  }

  /** Creates a target group for the site, and its VPC. */
  targetGroup(more: Properties = {}): string {
    return this.make("targetGroup", {
      name: "hits",
      port: 8080,
      protocol: "TCP",
      targetType: "ip",
      vpcId: this.vpc(),
      ...more,
    });
  }

  nodeRole(): string {
    return this.make("role", { name: "node", assumeRolePolicy: trust("ssm.amazonaws.com") });
  }

  container(more: Properties = {}): Properties {
    return { name: "app", image: "app:1", memory: 64, cpu: 128, ...more };
  }

  /** Registers a new revision and returns its ARN. */
  taskDefinition(containers: Properties[] = [this.container()], more: Properties = {}): string {
    const { inputs } = this.aws.check(
      typeOf("taskDefinition"),
      "td",
      {},
      {
        family: "app",
        networkMode: "bridge",
        requiresCompatibilities: ["EXTERNAL"],
        containerDefinitions: JSON.stringify(containers),
        ...more,
      },
    );
    return String(this.aws.create(typeOf("taskDefinition"), inputs).outputs.arn);
  }

  cluster(): string {
    return this.make("cluster", { name: "home" });
  }

  service(more: Properties = {}): string {
    return this.make("service", {
      name: "app",
      cluster: "home",
      launchType: "EXTERNAL",
      desiredCount: 1,
      ...more,
      taskDefinition: more.taskDefinition ?? this.taskDefinition(),
    });
  }
}
