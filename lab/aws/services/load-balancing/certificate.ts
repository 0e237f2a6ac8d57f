/** Certificate Manager: certificates, which listeners use. API reference: ImportCertificate. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { keyValue } from "../../requests/tags.ts";

/** Imported ones only: others become valid when their owner has proved that the name is theirs. */
export const certificate = kind({
  type: "aws:acm/certificate:Certificate",
  api: ["ACM", "Certificate"],
  operations: { create: "ImportCertificate", update: "ImportCertificate" },
  inputs: z.strictObject({
    certificateBody: z.string(),
    privateKey: z.string(),
    certificateChain: z.string().optional(),
    tags,
    region,
  }),
  replaces: ["region"],
  secrets: ["privateKey"],
  requests: {
    create: {
      ImportCertificate: (given) => ({
        Certificate: given.certificateBody,
        PrivateKey: given.privateKey,
        CertificateChain: given.certificateChain,
        Tags: keyValue(given.tags),
      }),
    },
    read: { DescribeCertificate: (_, { id }) => ({ CertificateArn: id }) },
    update: {
      ImportCertificate: (given, { id }) => ({
        CertificateArn: id,
        Certificate: given.certificateBody,
        PrivateKey: given.privateKey,
        CertificateChain: given.certificateChain,
      }),
    },
    delete: { DeleteCertificate: (_, { id }) => ({ CertificateArn: id }) },
  },
  create: (aws) => {
    const arn = aws.arn("acm", `certificate/${aws.ids.uuid()}`);
    return { id: arn, outputs: { arn } };
  },
  delete: (aws, { id }) => {
    if (aws.holders(id).length > 0)
      throw new AwsError(
        "ResourceInUseException",
        `Certificate ${id} is in use`,
        documented("AWS Certificate Manager API, DeleteCertificate, errors: ResourceInUseException"),
      );
  },
});
