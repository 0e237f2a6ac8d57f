/** What the account has before the stack, for rows that name it: made by its owner, outside of any stack. */
import type { Aws, AwsState } from "../aws/aws.ts";

/** Ids that rows name, where AWS would choose others. */
const known = {
  vpc: (digit: number) => `vpc-0123456789abcdef${digit}`,
  subnet: (digit: number) => `subnet-0123456789abcdef${digit}`,
  table: (digit: number) => `rtb-0123456789abcdef${digit}`,
  endpoint: (digit: number) => `vpce-0123456789abcdef${digit}`,
  /** The last part of an ARN. */
  uuid: (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`,
};

/** Load balancers may write their logs into the bucket. */
const logsPolicy = (bucket: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: ["logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com"].map(
      (Service) => ({
        Effect: "Allow",
        Principal: { Service },
        Action: ["s3:PutObject", "s3:GetBucketAcl"],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      }),
    ),
  });

/** Fills an account that has nothing yet. */
export function createBelongings(aws: Aws): void {
  const ids = new Map<string, string>();
  const make = (type: string, inputs: Readonly<Record<string, unknown>>, as?: string): string => {
    const { id } = aws.create(`aws:${type}`, inputs);
    if (as !== undefined) ids.set(id.split("/").at(-1) ?? "", as);
    return id;
  };
  vpc(aws.region, make);
  for (const bucket of ["access-logs", "other-logs"])
    make("s3/bucket:Bucket", { bucket, policy: logsPolicy(bucket) });
  for (const digit of [1, 2])
    make(
      "acm/certificate:Certificate",
      { certificateBody: "certificate", privateKey: "key" },
      known.uuid(digit),
    );
  for (const name of ["web", "other"])
    make("wafv2/webAcl:WebAcl", { name, scope: "REGIONAL" }, known.uuid(1));
  const renamed = [...ids].reduce((text, [id, as]) => text.replaceAll(id, as), JSON.stringify(aws));
  aws.restore(JSON.parse(renamed) as AwsState);
}

type Make = (type: string, inputs: Readonly<Record<string, unknown>>, as?: string) => string;

/** A VPC with private subnets in three zones, and public ones in two. */
function vpc(region: string, make: Make): void {
  const vpcId = make("ec2/vpc:Vpc", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: true }, known.vpc(0));
  const subnets = ["a", "b", "c", "a", "b"].map((letter, i) =>
    make(
      "ec2/subnet:Subnet",
      { vpcId, cidrBlock: `10.9.${i}.0/24`, availabilityZone: `us-east-1${letter}` },
      known.subnet(i),
    ),
  );
  const tables = [subnets.slice(0, 3), subnets.slice(3)].map((inTable, i) => {
    const routeTableId = make("ec2/routeTable:RouteTable", { vpcId }, known.table(i));
    for (const subnetId of inTable)
      make("ec2/routeTableAssociation:RouteTableAssociation", { routeTableId, subnetId });
    return routeTableId;
  });
  const gatewayId = make("ec2/internetGateway:InternetGateway", { vpcId });
  make("ec2/route:Route", { routeTableId: tables[1], destinationCidrBlock: "0.0.0.0/0", gatewayId });
  for (const [i, table] of tables.entries())
    make(
      "ec2/vpcEndpoint:VpcEndpoint",
      { vpcId, serviceName: `com.amazonaws.${region}.s3`, routeTableIds: [table] },
      known.endpoint(i),
    );
}
