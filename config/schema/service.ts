import { z } from "zod";
import { healthCommandProblems } from "../../limits/service/container.ts";
import { attributeProblems } from "../../limits/service/placement.ts";
import { permissions } from "./service/permissions.ts";
import { secrets } from "./service/secrets.ts";
import { formerly, hostPort, name, port, text, validatedBy, wording } from "./values.ts";

const portMapping = z.strictObject({
  host: hostPort.describe("Fixed port on the node."),
  container: port.describe("Port inside the container."),
  protocol: z.enum(["tcp", "udp"]).default("tcp").describe("A load balancer reaches TCP ports only."),
});

const path = z.string().startsWith("/", wording("must be an absolute path", "write a / in front"));

/** A container that ECS runs on the nodes. What launch type EXTERNAL cannot do has no field here. */
export const service = z.strictObject({
  image: z.string().min(1).describe("Container image, with its tag or digest."),
  command: z.array(z.string()).optional().describe("Replaces the image's own command, word by word."),
  memoryMiB: z
    .int()
    .min(6)
    .describe("Hard limit: the container is killed above it. Docker takes no less than 6."),
  cpuUnits: z.int().positive().default(128).describe("Share of CPU; 1024 is one core."),
  desiredCount: z
    .int()
    .nonnegative()
    .default(1)
    .describe("Number of tasks. With fixed host ports: at most one per node."),
  network: z
    .discriminatedUnion("mode", [
      z.strictObject({
        mode: z.literal("bridge"),
        ports: z.array(portMapping).default([]).describe("Ports of the container that the node publishes."),
      }),
      z.strictObject({
        mode: z.literal("host"),
        ports: z.array(hostPort).default([]).describe("Ports of the node that the container listens on."),
      }),
      z.strictObject({ mode: z.literal("none") }),
    ])
    .prefault({ mode: "bridge" })
    .describe("How the containers use the node's network. `awsvpc` does not exist outside AWS."),
  placement: z
    .strictObject({
      attributes: z
        .record(z.string(), text.superRefine(validatedBy(attributeProblems)))
        .default({})
        .describe("Attributes that a node must have, all of them. Default: any node."),
      distinctInstance: z.boolean().default(false).describe("At most one task per node."),
    })
    .prefault({})
    .describe("The nodes that may run the service."),
  volumes: z
    .record(
      name,
      z.strictObject({
        hostPath: path.describe("Absolute path on the node. It keeps its content over restarts."),
        containerPath: path.describe("Absolute path inside the container."),
        readOnly: z.boolean().default(false).describe("The container cannot write there."),
      }),
    )
    .default({})
    .describe("Paths of the node inside the container, by a name of your choice."),
  environment: z
    .record(z.string(), text)
    .default({})
    .describe("Environment variables. Not for secrets: the console shows them."),
  ...secrets,
  ...permissions,
  healthCheck: z
    .strictObject({
      command: z
        .array(z.string())
        .min(1)
        .superRefine(validatedBy(healthCommandProblems))
        .describe("Program and arguments, run inside the container. Exit status 0 means healthy."),
      intervalSeconds: z.int().min(5).max(300).default(30).describe("Time between two checks."),
      timeoutSeconds: z.int().min(2).max(60).default(5).describe("A check that takes longer fails."),
      retries: z
        .int()
        .min(1)
        .max(10)
        .default(3)
        .describe("Failures in a row until the container is unhealthy."),
      startPeriodSeconds: z
        .int()
        .min(0)
        .max(300)
        .default(0)
        .describe("Time to start, during which failures do not count."),
    })
    .optional()
    .describe("ECS replaces an unhealthy container. Default: every container that runs is healthy."),
  formerly: formerly(
    "the old service keeps its host ports until the new one runs, which waits for them: the `up` fails after 20 minutes",
  ),
});
