/** The agents of nodes on which everything is in force at once: they join the cluster, and start and stop what they are told to. */
import type { Aws } from "../aws/aws.ts";
import { deregisterInstance, registerInstance } from "../aws/control/instances.ts";
import type { ContainerInstance } from "../aws/control/model.ts";
import { report } from "../aws/control/tasks.ts";
import { activation } from "../aws/services/cluster/activation.ts";
import { cluster } from "../aws/services/cluster/cluster.ts";

/** What a node registers with. */
export interface Membership {
  readonly clusterName: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** By the node's name. A node that is away has none. */
export type MembershipOf = (node: string) => Membership | undefined;

/** Enough for every service of a test. */
const room = { cpu: 64 * 1024, memory: 64 * 1024 };

/**
 * Does once what the agents do all the time. A node joins with its activation, and leaves when that is gone.
 *
 * @returns whether there was something to do
 */
function attend(aws: Aws, membershipOf: MembershipOf): boolean {
  const { instances, tasks } = aws.runtime.ecs;
  const known = new Map<string, ContainerInstance>();
  let isChanged = false;
  for (const instance of Object.values(instances))
    if (instance.status !== "INACTIVE") known.set(instance.ec2InstanceId, instance);
  for (const { id, inputs: asked } of activation.all(aws)) {
    const { clusterName = "", attributes } = membershipOf(asked.name ?? "") ?? {};
    const joined = cluster.get(aws, aws.arn("ecs", `cluster/${clusterName}`));
    const there = known.get(id);
    // A node that moves to another cluster leaves its own first.
    if (there && joined && there.clusterArn !== joined.id) continue;
    known.delete(id);
    if (there) {
      Object.assign(there.attributes, attributes);
      there.lastPoll = aws.now().toISOString();
    } else if (joined && attributes) {
      isChanged = true;
      registerInstance(aws, id, {
        ...room,
        cluster: clusterName,
        reservedPorts: [22],
        reservedPortsUdp: [],
        attributes: { ...attributes, "com.amazonaws.ecs.capability.logging-driver.awslogs": "" },
        versionInfo: {},
      });
    }
  }
  for (const left of known.values()) {
    isChanged = true;
    deregisterInstance(aws, left, true);
  }
  for (const task of Object.values(tasks)) {
    const status = task.desiredStatus;
    if (task.lastStatus === status) continue;
    isChanged = true;
    const containers = task.containers.map(({ name }) => ({ name, healthStatus: "HEALTHY" as const }));
    report(aws, task, { status, containers });
  }
  return isChanged;
}

/** Makes agents attend to an account ten times a second. Returns a function that ends that. */
export function startAgents(aws: Aws, membershipOf: MembershipOf): () => void {
  const timer = setInterval(() => {
    if (attend(aws, membershipOf)) aws.changed();
  }, 100);
  return () => clearInterval(timer);
}
