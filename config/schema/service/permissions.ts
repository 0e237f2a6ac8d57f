import { z } from "zod";
import {
  actionProblems,
  operatorProblems,
  policyArnProblems,
  resourceProblems,
} from "../../../limits/service/permissions.ts";
import { text, validatedBy } from "../values.ts";

/** What the containers of a service may do in AWS. */
export const permissions = {
  policies: z
    .array(z.string().superRefine(validatedBy(policyArnProblems)))
    .default([])
    .describe("ARNs of managed policies of IAM: what the containers may do, besides answering ECS Exec."),
  statements: z
    .array(
      z.strictObject({
        actions: z
          .array(z.string().superRefine(validatedBy(actionProblems)))
          .min(1)
          .describe("What the containers may do, such as `s3:GetObject`."),
        resources: z
          .array(z.string().superRefine(validatedBy(resourceProblems)))
          .min(1)
          .describe("ARNs on which they may do it, such as `arn:aws:s3:::photos/*`."),
        condition: z
          .record(
            z.string().superRefine(validatedBy(operatorProblems)),
            z.record(z.string(), z.array(text).min(1)),
          )
          .default({})
          .describe(
            'When they may do it, as IAM writes it: operator, key, values, such as `{StringEquals: {"aws:RequestedRegion": [us-east-1]}}`.',
          ),
      }),
    )
    .default([])
    .describe("What the containers may do, where no managed policy says it: statements that allow."),
};
