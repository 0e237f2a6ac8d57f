import { z } from "zod";
import { keyArnProblems } from "../../../limits/arn.ts";
import {
  partNameProblems,
  secretArnProblems,
  secretProblems,
  versionProblems,
} from "../../../limits/service/secrets.ts";
import { validatedBy, wording } from "../values.ts";

const secretArn = z.string().superRefine(validatedBy(secretArnProblems));
const partName = z.string().superRefine(validatedBy(partNameProblems)).optional();

/** One secret of a container: the text names the whole of it. */
const secret = z.union(
  [
    z.string().superRefine(validatedBy(secretProblems)),
    z
      .strictObject({
        secretArn: secretArn.describe("The secret's whole ARN, with the six characters behind its name."),
        jsonKey: partName.describe("A key of the JSON in the secret. Default: the whole secret."),
        versionStage: partName.describe("Label of a version. Default: `AWSCURRENT`."),
        versionId: partName.describe("Id of a version, in place of a label."),
      })
      .superRefine(validatedBy(versionProblems)),
  ],
  wording("must be a name, an ARN or a mapping with secretArn", "write for example /hits/token"),
);

/** What a service's agent reads for it before its containers start. */
export const secrets = {
  secrets: z
    .record(z.string(), secret)
    .default({})
    .describe(
      "Environment variable → the name of an SSM parameter, such as /hits/token; its ARN, if it is in another Region or account; the ARN of a secret in Secrets Manager; or a mapping that names a part of such a secret. A container keeps the value that it started with.",
    ),
  secretsKeyArns: z
    .array(z.string().superRefine(validatedBy(keyArnProblems)))
    .default([])
    .describe(
      "ARNs of KMS keys of your own that encrypt these secrets. The service may decrypt with them, for these secrets only. AWS's own keys need no entry.",
    ),
  registryCredentials: secretArn
    .optional()
    .describe(
      'ARN of a secret in Secrets Manager, `{"username": "…", "password": "…"}`, by which the image is pulled from a private registry. Not for ECR, which needs none.',
    ),
  pullThroughCache: z
    .boolean()
    .default(false)
    .describe(
      "The image comes through a pull-through cache rule of ECR: the service may make ECR fetch it, and create its repository.",
    ),
};
