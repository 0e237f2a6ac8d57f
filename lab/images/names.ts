/** The lab's images, under the names that a stack file uses. */
import { account, region } from "../world/topology.ts";

const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;

export const images = {
  page: `${registry}/hit-counter:1`,
  redis: "public.ecr.aws/docker/library/redis:7",
  /** The same in the account's own registry, for nodes that cannot reach the public one. */
  privateRedis: `${registry}/redis:7`,
} as const;
