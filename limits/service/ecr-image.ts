import { type Problem, problemIf } from "../problem.ts";

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

/** Why an image cannot be pulled with credentials of a private registry. */
export function registryCredentialsProblems(field: string, image: string): readonly Problem[] {
  return problemIf(ecrImage(image) !== undefined, {
    field,
    value: image,
    rule: "must not be given for an image of ECR, which the service's execution role may pull",
    remedy: "remove it",
  });
}

/** Why an image cannot come through ECR's pull-through cache. */
export function pullThroughCacheProblems(field: string, image: string): readonly Problem[] {
  return problemIf(ecrImage(image) === undefined, {
    field,
    value: image,
    rule: "must not be set for an image of another registry than ECR",
    remedy: "name the image as the cache has it: ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX/REPOSITORY",
  });
}
