/** How the provider sends tags. Each service has its own operations and its own names for a key and a value. */
import type { Calls, Made, Members } from "./request.ts";

type Tags = Readonly<Record<string, string>> | undefined;
interface Tagged {
  readonly tags?: Tags;
}

function list(tags: Tags, key: string, value: string): Members[] | undefined {
  const all = Object.entries(tags ?? {});
  return all.length === 0 ? undefined : all.map(([k, v]) => ({ [key]: k, [value]: v }));
}

/** The form of most services: `[{ Key, Value }]`. Undefined without tags. */
export const keyValue = (tags: Tags): Members[] | undefined => list(tags, "Key", "Value");
/** ECS: `[{ key, value }]`. */
export const lowerCase = (tags: Tags): Members[] | undefined => list(tags, "key", "value");
/** KMS: `[{ TagKey, TagValue }]`. */
export const tagKeyValue = (tags: Tags): Members[] | undefined => list(tags, "TagKey", "TagValue");

/** EC2: the tags that a new resource gets. `type` is EC2's word for the resource, such as `vpc-flow-log`. */
export function tagSpecifications(type: string, tags: Tags): Members[] | undefined {
  const all = keyValue(tags);
  return all && [{ ResourceType: type, Tags: all }];
}

/** Returns the keys that an update removes. */
const removed = (before: Tagged, now: Tagged): string[] | undefined => {
  const keys = Object.keys(before.tags ?? {}).filter((key) => now.tags?.[key] === undefined);
  return keys.length === 0 ? undefined : keys;
};

type Body = (made: Made) => Members;

function retag(
  [untag, untagged]: readonly [string, (keys: readonly string[]) => Members],
  [tag, tagged]: readonly [string, (tags: Tags) => Members],
  of: Body,
): Calls<Tagged> {
  return {
    [untag]: (inputs, made, before) => {
      const keys = removed(before, inputs);
      return keys && { ...of(made), ...untagged(keys) };
    },
    [tag]: (inputs, made) =>
      keyValue(inputs.tags) === undefined ? undefined : { ...of(made), ...tagged(inputs.tags) },
  };
}

const outputArn: (made: Made) => unknown = ({ outputs }) => outputs.arn;

/** The requests of an update that changes the tags, by service. */
export const retagged = {
  ec2: retag(
    ["DeleteTags", (keys) => ({ Tags: keys.map((Key) => ({ Key })) })],
    ["CreateTags", (tags) => ({ Tags: keyValue(tags) })],
    ({ id }) => ({ Resources: [id] }),
  ),
  ecs: retag(
    ["UntagResource", (tagKeys) => ({ tagKeys })],
    ["TagResource", (tags) => ({ tags: lowerCase(tags) })],
    (made) => ({ resourceArn: outputArn(made) }),
  ),
  elb: retag(
    ["RemoveTags", (TagKeys) => ({ TagKeys })],
    ["AddTags", (tags) => ({ Tags: keyValue(tags) })],
    (made) => ({ ResourceArns: [outputArn(made)] }),
  ),
  iamRole: retag(
    ["UntagRole", (TagKeys) => ({ TagKeys })],
    ["TagRole", (tags) => ({ Tags: keyValue(tags) })],
    ({ id }) => ({ RoleName: id }),
  ),
  kms: retag(
    ["UntagResource", (TagKeys) => ({ TagKeys })],
    ["TagResource", (tags) => ({ Tags: tagKeyValue(tags) })],
    ({ id }) => ({ KeyId: id }),
  ),
  logs: retag(
    ["UntagResource", (tagKeys) => ({ tagKeys })],
    ["TagResource", (tags) => ({ tags })],
    (made) => ({ resourceArn: outputArn(made) }),
  ),
  cloudWatch: retag(
    ["UntagResource", (TagKeys) => ({ TagKeys })],
    ["TagResource", (tags) => ({ Tags: keyValue(tags) })],
    (made) => ({ ResourceARN: outputArn(made) }),
  ),
  resolver: retag(
    ["UntagResource", (TagKeys) => ({ TagKeys })],
    ["TagResource", (tags) => ({ Tags: keyValue(tags) })],
    (made) => ({ ResourceArn: outputArn(made) }),
  ),
  secretsManager: retag(
    ["UntagResource", (TagKeys) => ({ TagKeys })],
    ["TagResource", (tags) => ({ Tags: keyValue(tags) })],
    ({ id }) => ({ SecretId: id }),
  ),
  ssmParameter: retag(
    ["RemoveTagsFromResource", (TagKeys) => ({ TagKeys })],
    ["AddTagsToResource", (tags) => ({ Tags: keyValue(tags) })],
    ({ id }) => ({ ResourceType: "Parameter", ResourceId: id }),
  ),
};
