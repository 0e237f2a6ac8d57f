import { getVpnGateway } from "@pulumi/aws/ec2/getVpnGateway.js";
import { lookUpCluster } from "../components/cluster/existing-cluster.ts";
import { lookUpNetwork } from "../components/network/existing/look-up.ts";
import { unlessAbsent } from "../components/shared/absent.ts";
import { InvalidInput } from "../config/errors.ts";
import type { HybridConfig } from "../config/schema.ts";
import { existingClusterProblems } from "../limits/cluster.ts";
import { attachmentProblems } from "../limits/connectivity/vpn-gateway.ts";
import { existingNetworkProblems } from "../limits/network/existing.ts";
import type { Problem } from "../limits/problem.ts";
import { usesOf } from "./network.ts";

/**
 * Refuses a VPC, a VPN gateway and a cluster that are not as the stack file says, before the first resource is registered. The components do
 * so too, but when other resources are under way.
 *
 * @throws InvalidInput with all reasons
 */
export async function refuseWhatIsThere(config: InRegion): Promise<void> {
  const problems = (await Promise.all([networkProblems(config), clusterProblems(config)])).flat();
  if (problems.length > 0) throw new InvalidInput(problems);
}

type InRegion = HybridConfig & { readonly region: string };

async function networkProblems(config: InRegion): Promise<readonly Problem[]> {
  const { network, vpn, region } = config;
  const { cidr, secondaryCidrs, existing } = network;
  if (!existing) return [];
  const { vpcId, privateSubnetIds, publicSubnetIds = {}, routeTableIds, s3EndpointId } = existing;
  const wanted = {
    cidr,
    secondaryCidrs,
    existing: { vpcId, privateSubnetIds, publicSubnetIds, routeTableIds, s3EndpointId },
    ...usesOf(config),
  };
  const [found, gateway] = await Promise.all([
    lookUpNetwork(region, wanted.existing),
    vpn.vpnGatewayId === undefined
      ? undefined
      : unlessAbsent(() => getVpnGateway({ id: vpn.vpnGatewayId ?? "" })),
  ]);
  return [
    ...existingNetworkProblems("network", wanted, found),
    ...(vpn.vpnGatewayId !== undefined && found.vpc
      ? attachmentProblems("vpn", vpn.vpnGatewayId, vpcId, gateway?.attachedVpcId)
      : []),
  ];
}

async function clusterProblems({ cluster: { existing } }: InRegion): Promise<readonly Problem[]> {
  if (!existing) return [];
  const found = await lookUpCluster(existing.name);
  return existingClusterProblems("cluster.existing.name", existing.name, found?.status);
}
