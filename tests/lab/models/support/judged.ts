/** What AWS's models say to the requests that the provider makes for resources. */
import type { Resource } from "../../../../lab/aws/account.ts";
import { verbs } from "../../../../lab/aws/requests/request.ts";
import { kinds } from "../../../../lab/aws/services.ts";
import { serviceModels } from "../../../../lab/models/botocore.ts";
import { judgeRequest, said } from "../../../../lab/models/judge.ts";

/** Returns the model of a service, by the SDK's name. */
export const modelOf = await serviceModels();

/**
 * Returns the findings in the requests that create, read, update and delete these resources. Each is updated from the
 * inputs of its neighbour of the same type, so that lists have something to add and to remove.
 */
export function findings(resources: readonly Resource[]): string[] {
  const found = [...Map.groupBy(resources, ({ type }) => type)].flatMap(([type, all]) =>
    all.flatMap(({ id, inputs, outputs }, i) =>
      verbs
        .flatMap(
          (verb) => kinds.get(type)?.requests(verb, inputs, { id, outputs }, all.at(i - 1)?.inputs) ?? [],
        )
        .flatMap(({ service, operation, input }) => judgeRequest(modelOf(service), operation, input))
        .map((finding) => `${type}: ${said(finding)}`),
    ),
  );
  return [...new Set(found)].sort();
}
