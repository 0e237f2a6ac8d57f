/** Resource Groups Tagging API: which resources have which tags. API reference: GetResources. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { dataSource } from "../../data-source.ts";
import { NotSimulated } from "../../errors.ts";
import { logGroup } from "../observability/log-group.ts";
import { key } from "./key.ts";

interface Tagged {
  readonly resourceArn: unknown;
  readonly tags: Readonly<Record<string, string>>;
}

/** A key whose deletion is scheduled exists until then, tags included. */
const keys = (aws: Account): Tagged[] => [
  ...key.all(aws).map(({ inputs, outputs }) => ({ resourceArn: outputs.arn, tags: inputs.tags ?? {} })),
  ...Object.values(aws.runtime.keysToDelete).map(({ arn, tags }) => ({ resourceArn: arn, tags })),
];
const logGroups = (aws: Account): Tagged[] =>
  logGroup.all(aws).map(({ inputs, outputs }) => ({ resourceArn: outputs.arn, tags: inputs.tags ?? {} }));

const byType = new Map([
  ["kms:key", keys],
  ["logs:log-group", logGroups],
]);

const args = z.strictObject({
  resourceTypeFilters: z.array(z.string()),
  tagFilters: z.array(z.strictObject({ key: z.string(), values: z.array(z.string()) })),
});

export const getResources = dataSource(
  "aws:resourcegroupstaggingapi/getResources:getResources",
  (aws, given) => {
    const { resourceTypeFilters, tagFilters } = args.parse(given);
    const all = resourceTypeFilters.flatMap((type) => {
      const find = byType.get(type);
      if (!find) throw new NotSimulated("InvalidParameterException", `tags of ${type}`);
      return find(aws);
    });
    const resourceTagMappingLists = all.filter(({ tags }) =>
      tagFilters.every(({ key, values }) => values.includes(tags[key] ?? "")),
    );
    return { id: aws.partition, resourceTypeFilters, tagFilters, resourceTagMappingLists };
  },
);
