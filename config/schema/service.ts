import { z } from "zod";
import { healthCommandProblems, parameterProblems } from "../../limits/service/container.ts";
import { attributeProblems } from "../../limits/service/placement.ts";
import { by, hostPort, name, port, text } from "./values.ts";

const portMapping = z.strictObject({
  host: hostPort.describe("Fixed port on the node."),
  container: port.describe("Port inside the container."),
  protocol: z.enum(["tcp", "udp"]).default("tcp").describe("Load balancers reach TCP ports only."),
});

const path = z.string().startsWith("/", "must be an absolute path; begin it with /");

/** A container that ECS runs on the nodes. What launch type EXTERNAL cannot do has no field here. */
export const service = z.strictObject({
  image: z.string().min(1).describe("Container image, with its tag or digest."),
  command: z.array(z.string()).optional().describe("Instead of the image's own command, word by word."),
  memoryMiB: z
    .int()
    .min(6)
    .describe("Hard limit: the container is killed above it. Docker takes no less than 6."),
  cpuUnits: z.int().positive().default(128).describe("Share of CPU; 1024 is one core."),
  desiredCount: z
    .int()
    .nonnegative()
    .default(1)
    .describe("How many tasks run. With fixed host ports: at most one a node."),
  network: z
    .discriminatedUnion("mode", [
      z.strictObject({
        mode: z.literal("bridge"),
        ports: z.array(portMapping).default([]).describe("Which of the container's ports the node opens."),
      }),
      z.strictObject({
        mode: z.literal("host"),
        ports: z.array(hostPort).default([]).describe("Which of the node's ports the container listens on."),
      }),
      z.strictObject({ mode: z.literal("none") }),
    ])
    .prefault({ mode: "bridge" })
    .describe("How the containers meet the node's network. `awsvpc` does not exist outside AWS."),
  placement: z
    .strictObject({
      attributes: z
        .record(z.string(), text.superRefine(by(attributeProblems)))
        .default({})
        .describe("Node attributes that all must match; empty: any node."),
      distinctInstance: z.boolean().default(false).describe("At most one task a node."),
    })
    .prefault({})
    .describe(
      "Nodes that may run it: those with all of these attributes; distinctInstance: one task a node.",
    ),
  volumes: z
    .record(
      name,
      z.strictObject({
        hostPath: path.describe("Absolute path on the node; kept over restarts."),
        containerPath: path.describe("Absolute path inside the container."),
        readOnly: z.boolean().default(false).describe("The container may not write there."),
      }),
    )
    .default({})
    .describe("Paths of the node inside the container, by a name of your choice."),
  environment: z
    .record(z.string(), text)
    .default({})
    .describe("Environment variables. Not for secrets: they can be read in the console."),
  secrets: z
    .record(z.string(), z.string().superRefine(by(parameterProblems)))
    .default({})
    .describe("Environment variable → name of an SSM parameter, such as /hits/token."),
  healthCheck: z
    .strictObject({
      command: z
        .array(z.string())
        .min(1)
        .superRefine(by(healthCommandProblems))
        .describe("Run inside the container; exit status 0 means healthy."),
      intervalSeconds: z.int().min(5).max(300).default(30).describe("Time between two checks."),
      timeoutSeconds: z.int().min(2).max(60).default(5).describe("A check that takes longer has failed."),
      retries: z.int().min(1).max(10).default(3).describe("Failures in a row until it counts as unhealthy."),
      startPeriodSeconds: z
        .int()
        .min(0)
        .max(300)
        .default(0)
        .describe("Time to start, in which failures do not count."),
    })
    .optional()
    .describe("ECS replaces a container that is unhealthy. Left out: one that runs is taken as well."),
});
