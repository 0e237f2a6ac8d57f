/**
 * AWS's list prices in us-east-1, in US dollars. Prices change and depend on the Region: this table gives an estimate, and
 * `source` is the page with the current price.
 */
export const pricesOf = { region: "us-east-1", noted: "2026-11-21" } as const;

/** AWS's own number of hours in a month. */
export const hoursPerMonth = 730;

export interface Price {
  readonly usd: number;
  readonly per: string;
  /** Page on which AWS states the price. */
  readonly source: string;
}

const price = (usd: number, per: string, page: string): Price => ({
  usd,
  per,
  source: `https://aws.amazon.com/${page}/pricing/`,
});

/** Fixed costs. */
export const standing = {
  vpnConnection: price(0.05, "hour", "vpn"),
  publicAddress: price(0.005, "hour", "vpc"),
  ecsAnywhereInstance: price(0.01025, "hour", "ecs/anywhere"),
  loadBalancer: price(0.0225, "hour", "elasticloadbalancing"),
  natGateway: price(0.045, "hour", "vpc"),
  endpointZone: price(0.01, "hour", "privatelink"),
  resolverAddress: price(0.125, "hour", "route53"),
  kmsKey: price(1, "month", "kms"),
  alarm: price(0.1, "month", "cloudwatch"),
} as const;

/** Costs by use. */
export const usage = {
  dataOut: price(0.09, "GB after the first 100 GB a month", "ec2/on-demand"),
  logs: price(0.5, "GB ingested", "cloudwatch"),
  logStorage: price(0.03, "GB-month", "cloudwatch"),
  networkCapacity: price(0.006, "capacity unit per hour", "elasticloadbalancing"),
  applicationCapacity: price(0.008, "capacity unit per hour", "elasticloadbalancing"),
  webRequests: price(0.6, "million requests", "waf"),
  objectStorage: price(0.023, "GB-month", "s3"),
  natData: price(0.045, "GB", "vpc"),
  endpointData: price(0.01, "GB", "privatelink"),
  resolverQueries: price(0.4, "million queries", "route53"),
  insights: price(0.3, "metric per month", "cloudwatch"),
  enhancedInsights: price(0.07, "metric per month", "cloudwatch"),
  registry: price(0.1, "GB-month", "ecr"),
  keyRotation: price(1, "month, from each of its first two yearly rotations on", "kms"),
  advancedInstance: price(0.00695, "node per hour", "systems-manager"),
} as const;
