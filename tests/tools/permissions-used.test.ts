/**
 * The policies of `npm run permissions` against the simulated AWS's own list of the provider's requests, which was made
 * without them: each request is allowed, with the ARNs and the tags that it has, and each right is used by one.
 */
import test from "ava";
import type { Resource } from "../../lab/aws/account.ts";
import { accessesFor, isAllowed, type Place } from "../../lab/aws/control/caller.ts";
import { verbs } from "../../lab/aws/requests/request.ts";
import { policiesOf } from "../../tools/permissions/policies.ts";
import { programOf } from "../../tools/program/registered.ts";
import { example, recorded } from "../lab/models/support/recorded.ts";

const root = new URL("../../", import.meta.url).pathname;

const placeOf = (all: readonly Resource[]): Place => ({
  region: "us-east-1",
  account: "123456789012",
  resource: (type, key) => all.find((one) => one.type === type && one.key === key),
  resources: (type) => all.filter((one) => type === undefined || one.type === type),
  holders: () => [],
  addressesInUse: () => new Set(),
});

/** What the provider's own requests for the resources do not show. */
const besides: Readonly<Record<string, string>> = {
  // While the provider waits for a deployment.
  "ecs:DescribeServiceDeployments": "waiting",
  "ecs:ListServiceDeployments": "waiting",
  // Where an update sets something to nothing.
  "kms:DisableKeyRotation": "update",
  "logs:DisassociateKmsKey": "update",
  "route53resolver:AssociateResolverEndpointIpAddress": "another zone",
  "route53resolver:DisassociateResolverEndpointIpAddress": "another zone",
  // Of attributes that the program leaves as AWS has them.
  "elasticloadbalancing:ModifyListenerAttributes": "update",
  // What AWS does by the caller's rights.
  "ec2:CreateNetworkInterface": "Resolver",
  "ec2:DeleteNetworkInterface": "Resolver",
  "ec2:ModifyNetworkInterfaceAttribute": "Resolver",
  "iam:CreateServiceLinkedRole": "the first use of a service in an account",
  "route53:AssociateVPCWithHostedZone": "private DNS of endpoints",
  "logs:CreateLogDelivery": "log delivery",
  "logs:DeleteLogDelivery": "log delivery",
  "logs:DescribeResourcePolicies": "log delivery",
  "logs:GetLogDelivery": "log delivery",
  "logs:ListLogDeliveries": "log delivery",
  "logs:PutResourcePolicy": "log delivery",
  "logs:UpdateLogDelivery": "log delivery",
  // A function of the provider, before the endpoints.
  "ec2:DescribeVpcEndpointServices": "function",
};

for (const stack of ["dev", "home", "private"])
  test.serial(
    `stack ${stack}: its policies allow every request of its resources' lives, and nothing that none of them makes`,
    async (t) => {
      const policies = policiesOf(await programOf(root, stack)).map((policy) => JSON.stringify(policy));
      const all = await recorded({ stack, settings: await example(stack) });
      const place = placeOf(all);
      const accesses = all.flatMap((made) =>
        verbs.flatMap((verb) => {
          const { tags } = made.inputs;
          const former = tags ? { ...made.inputs, tags: { ...tags, old: "tag" } } : made.inputs;
          return accessesFor(place, made, verb, former).map((access) => ({
            ...access,
            of: `${verb} ${made.id}`,
          }));
        }),
      );
      t.deepEqual(
        accesses
          .filter((access) => !isAllowed(policies, access))
          .map(({ of, action, resource, context }) => ({ of, action, resource, context })),
        [],
        "refused",
      );
      const used = new Set(accesses.map(({ action }) => action));
      const granted = policies.flatMap((policy) =>
        (JSON.parse(policy) as { Statement: { Action: string[] }[] }).Statement.flatMap(
          ({ Action }) => Action,
        ),
      );
      t.deepEqual(
        [...new Set(granted)].filter((action) => !used.has(action) && !(action in besides)).toSorted(),
        [],
        "unused",
      );
    },
  );
