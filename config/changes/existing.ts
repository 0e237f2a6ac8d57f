/** A VPC that is there before the stack, for rows that need one. */
import type { NetworkConfig } from "../schema.ts";
import type { Patch } from "./row.ts";

type Existing = NonNullable<NetworkConfig["existing"]>;

export const existing: Existing = {
  vpcId: "vpc-0123456789abcdef0",
  privateSubnetIds: { "us-east-1a": "subnet-0123456789abcdef0", "us-east-1b": "subnet-0123456789abcdef1" },
  routeTableIds: { private: "rtb-0123456789abcdef0" },
  s3EndpointId: "vpce-0123456789abcdef0",
};

/** The VPC's two route tables. */
export const bothTables = { ...existing.routeTableIds, public: "rtb-0123456789abcdef1" };

/** The stack in a VPC that is there already. */
export const inExisting = (change: Partial<Existing> = {}): Patch => ({
  network: {
    cidr: "10.9.0.0/16",
    zones: undefined,
    publicSubnets: undefined,
    existing: { ...existing, ...change },
  },
});
