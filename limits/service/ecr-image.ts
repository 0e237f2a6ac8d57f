/** The parts of the URI of an image in a private registry of ECR. */
export interface EcrImage {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** Whether ECR's interface endpoint answers for the name: not for dual-stack and FIPS names. */
  readonly byEndpoint: boolean;
}

/**
 * Returns the parts of an image's URI; undefined for an image of another registry.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
 */
export function ecrImage(uri: string): EcrImage | undefined {
  const host =
    /^(\d{12})\.dkr([.-]ecr(?:-fips)?)\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))\//;
  const [start = "", account, kind, region] = host.exec(uri) ?? [];
  const [repository] = uri.slice(start.length).split(/[:@]/);
  return account && region && repository
    ? { account, region, repository, byEndpoint: kind === ".ecr" }
    : undefined;
}
