/** S3: buckets with a policy, as far as others write to them. API reference: CreateBucket, PutBucketPolicy. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { parsedJson } from "../../values.ts";

const type = "aws:s3/bucket:Bucket";
const inputs = z.strictObject({ bucket: z.string(), policy: z.string().optional(), tags, region });

const put = ({ bucket: Bucket, policy: Policy }: z.output<typeof inputs>) =>
  Policy === undefined ? undefined : { Bucket, Policy };

export const bucket = kind({
  type,
  api: ["S3", "Bucket"],
  inputs,
  replaces: ["bucket", "region"],
  json: ["policy"],
  requests: {
    create: {
      CreateBucket: (given) => ({ Bucket: given.bucket }),
      PutBucketPolicy: put,
    },
    read: { GetBucketPolicy: (given) => ({ Bucket: given.bucket }) },
    update: { PutBucketPolicy: put },
    delete: { DeleteBucket: (given) => ({ Bucket: given.bucket }) },
  },
  create: (aws, given) => {
    if (aws.resource(type, given.bucket))
      throw new AwsError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        documented("Amazon S3 API, Error responses: BucketAlreadyOwnedByYou"),
        409,
      );
    return { id: given.bucket, outputs: { arn: `arn:${aws.partition}:s3:::${given.bucket}` } };
  },
});

const many = z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat());
const document = z.object({
  Statement: z.array(
    z.object({
      Effect: z.enum(["Allow", "Deny"]),
      Principal: z.object({ Service: many.optional() }).optional(),
      Action: many,
      Resource: many,
    }),
  ),
});

/** Whether a bucket of the account exists and its policy lets an AWS service do something there. Conditions count as met. */
export function serviceMay(
  aws: Account,
  name: string,
  { service, action, key }: { readonly service: string; readonly action: string; readonly key?: string },
): boolean {
  const parsed = document.safeParse(parsedJson(bucket.get(aws, name)?.inputs.policy ?? ""));
  const resource = `arn:${aws.partition}:s3:::${name}${key === undefined ? "" : `/${key}`}`;
  const covers = (pattern: string) =>
    pattern.endsWith("*") ? resource.startsWith(pattern.slice(0, -1)) : pattern === resource;
  return (
    parsed.success &&
    parsed.data.Statement.some(
      (s) =>
        s.Effect === "Allow" &&
        s.Principal?.Service?.includes(service) === true &&
        s.Action.some((one) => one === action || one === "s3:*") &&
        s.Resource.some(covers),
    )
  );
}
