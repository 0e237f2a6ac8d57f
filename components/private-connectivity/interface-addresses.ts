import * as pulumi from "@pulumi/pulumi";

/**
 * Returns the addresses of network interfaces in the order of their subnets' zones, since AWS and its provider have no order.
 * In the preview of an update that adds a zone, the new zone's address is still missing.
 *
 * @param subnets by zone
 * @param interfaces the resource's own, in any order
 */
export function addressesByZone(
  subnets: Readonly<Record<string, { readonly id: pulumi.Input<string> }>>,
  interfaces: pulumi.Output<readonly { subnetId?: string | undefined; address?: string | undefined }[]>,
): pulumi.Output<readonly string[]> {
  const ids = pulumi.all(Object.values(subnets).map(({ id }) => id));
  return pulumi
    .all([ids, interfaces])
    .apply(([inOrder, all]) =>
      inOrder.flatMap((id) => all.find(({ subnetId }) => subnetId === id)?.address ?? []),
    );
}
