/** The VPC that rows of `network.existing` name, as its owner made it, outside of any stack. */
import type { Aws, AwsState } from "../aws/aws.ts";

/** Ids as in config/changes/network.ts, by their last digit: AWS would choose others. */
const known = {
  vpc: (digit: number) => `vpc-0123456789abcdef${digit}`,
  subnet: (digit: number) => `subnet-0123456789abcdef${digit}`,
  table: (digit: number) => `rtb-0123456789abcdef${digit}`,
  endpoint: (digit: number) => `vpce-0123456789abcdef${digit}`,
};

/** Creates the VPC in an account that has nothing yet. */
export function createExistingVpc(aws: Aws): void {
  const ids = new Map<string, string>();
  const make = (type: string, inputs: Readonly<Record<string, unknown>>, as?: string): string => {
    const { id } = aws.create(`aws:ec2/${type}`, inputs);
    if (as !== undefined) ids.set(id, as);
    return id;
  };
  const vpcId = make("vpc:Vpc", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: true }, known.vpc(0));
  const subnets = ["a", "b", "c", "a"].map((letter, i) =>
    make(
      "subnet:Subnet",
      { vpcId, cidrBlock: `10.9.${i}.0/24`, availabilityZone: `us-east-1${letter}` },
      known.subnet(i),
    ),
  );
  const tables = [subnets.slice(0, 3), subnets.slice(3)].map((inTable, i) => {
    const routeTableId = make("routeTable:RouteTable", { vpcId }, known.table(i));
    for (const subnetId of inTable)
      make("routeTableAssociation:RouteTableAssociation", { routeTableId, subnetId });
    return routeTableId;
  });
  const gatewayId = make("internetGateway:InternetGateway", { vpcId });
  make("route:Route", { routeTableId: tables[1], destinationCidrBlock: "0.0.0.0/0", gatewayId });
  for (const [i, table] of tables.entries())
    make(
      "vpcEndpoint:VpcEndpoint",
      { vpcId, serviceName: `com.amazonaws.${aws.region}.s3`, routeTableIds: [table] },
      known.endpoint(i),
    );
  const renamed = [...ids].reduce((text, [id, as]) => text.replaceAll(id, as), JSON.stringify(aws));
  aws.restore(JSON.parse(renamed) as AwsState);
}
