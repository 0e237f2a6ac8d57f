import test from "ava";
import type { Aws } from "../../../lab/aws/aws.ts";
import type { EcsService } from "../../../lab/aws/control/model.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { built, failure } from "../cloud.ts";
import { redis } from "./redis.ts";

/** Changes what ECS says of the service as soon as it exists. */
const ecsSays = (change: (service: EcsService) => void) => ({
  prepare: (aws: Aws) =>
    void aws.onChange(() => {
      for (const service of Object.values(aws.runtime.ecs.services)) change(service);
    }),
});

const rolledBack = ecsSays(({ deployments: [primary] }) => {
  if (primary) primary.taskDefinitionArn = primary.taskDefinitionArn.replace(/:1$/, ":0");
});

const failed = ecsSays(({ deployments: [primary], events }) => {
  const message = `(service redis) (deployment ${primary?.id}) deployment failed: tasks failed to start.`;
  if (events.length === 0) events.push({ id: "1", createdAt: "2026-11-30T12:00:00Z", message });
});

const replacing = ecsSays(({ deployments, events }) => {
  const [primary] = deployments;
  if (primary && deployments.length === 1)
    deployments.push({ ...primary, id: "ecs-svc/1", status: "ACTIVE" });
  const message = "(service redis) was unable to place a task.";
  if (events.length === 0) events.push({ id: "1", createdAt: "2026-11-30T12:00:00Z", message });
});

test.serial("a deployment that ECS rolled back fails the up", async (t) => {
  t.is(
    await failure(() => redis(), rolledBack),
    "redis.taskDefinition: hybrid-test-redis:0: must be hybrid-test-redis:1: ECS rolled its deployment back, or somebody else deployed another one; fix the image or the setting that fails and run `pulumi up`; if nothing is to be fixed, run `pulumi refresh`, then `pulumi up`, which deploys it again",
  );
});

test.serial("a first deployment that failed fails the up", async (t) => {
  t.regex(
    await failure(() => redis(), failed),
    /^redis\.taskDefinition: \(service redis\) \(deployment ecs-svc\/\d+\) deployment failed: tasks failed to start\.: must be deployed, and there is no earlier deployment to go back to; fix the image or the setting that fails and run `pulumi up`; if nothing is to be fixed, run `pulumi up --replace 'urn:pulumi:test::hybrid::hybrid:service:ExternalService\$aws:ecs\/service:Service::redis-service'`$/,
  );
});

test.serial("a deployment that goes on after the wait fails the up, and not without a wait", async (t) => {
  t.is(
    await failure(() => redis(), replacing),
    "redis.taskDefinition: (service redis) was unable to place a task.: must be deployed, and ECS still replaces the tasks of an earlier deployment; look at the service's events for what holds it up, and run `pulumi up` again when it is done",
  );
  const { component, child } = await built(() => redis({ waitForSteadyState: false }), replacing);
  t.is(await valueOfOutput(component.serviceArn), String(child("Service", "redis-service").state.arn));
});

test.serial("a preview does not ask ECS", async (t) => {
  const { component, child } = await built(() => redis(), { ...rolledBack, preview: true });
  t.is(await valueOfOutput(component.serviceArn), String(child("Service", "redis-service").state.arn));
});
