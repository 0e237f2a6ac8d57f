/** What AWS would say of a VPC that is there already, if it is as the stack file describes it. */

type Values = Readonly<Record<string, unknown>>;

type Ids = Readonly<Record<string, string>>;

interface Network {
  readonly cidr?: string;
  readonly secondaryCidrs?: readonly string[];
  readonly existing?: {
    readonly vpcId: string;
    readonly privateSubnetIds: Ids;
    readonly publicSubnetIds?: Ids;
    readonly routeTableIds: Ids;
  };
}

/**
 * Returns what a function returns for the VPC of `network.existing`; undefined for any other function, and without such a VPC.
 *
 * @param network as the stack file has it
 * @param token for example `getVpc`
 */
export function existingAnswer(
  { cidr = "", secondaryCidrs = [], existing }: Network,
  token: string,
  args: Values,
  region: string,
): Values | undefined {
  if (!existing) return undefined;
  const { vpcId } = existing;
  const [table = ""] = Object.values(existing.routeTableIds);
  switch (token) {
    case "getVpc":
      return {
        ...args,
        cidrBlock: cidr,
        cidrBlockAssociations: [cidr, ...secondaryCidrs].map((range) => ({
          cidrBlock: range,
          state: "associated",
        })),
        enableDnsSupport: true,
        enableDnsHostnames: true,
      };
    case "getSubnet": {
      const subnets = [existing.privateSubnetIds, existing.publicSubnetIds ?? {}].flatMap(
        Object.entries<string>,
      );
      const zone = subnets.find(([, id]) => id === args.id)?.[0];
      // Its size is not known: nothing is too small for the whole VPC.
      return { ...args, vpcId, availabilityZone: zone, cidrBlock: cidr };
    }
    case "getRouteTable":
      return {
        routeTableId: args.routeTableId ?? table,
        vpcId,
        associations: [],
        routes: [{ gatewayId: "igw-" }],
      };
    case "getVpcEndpoint":
      return { ...args, vpcId, vpcEndpointType: "Gateway", serviceName: `com.amazonaws.${region}.s3` };
    case "getVpnGateway":
      return { ...args, attachedVpcId: vpcId };
    default:
      return undefined;
  }
}
