import { registerInstance } from "../../../lab/aws/control/instances.ts";
import type { ContainerInstance, EcsService, Task } from "../../../lab/aws/control/model.ts";
import { schedule } from "../../../lab/aws/control/scheduler.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { Account } from "./account.ts";

/** A cluster with nodes whose agents start and stop tasks as they are told to, unless a test says otherwise. */
export class Home extends Account {
  readonly nodes: ContainerInstance[] = [];

  constructor(attributes: Record<string, string>[] = [{}]) {
    super();
    this.cluster();
    for (const own of attributes) this.join(own);
  }

  join(attributes: Record<string, string> = {}, memory = 1024): ContainerInstance {
    const instance = registerInstance(this.aws, `mi-0000000000000000${this.nodes.length}`, {
      cluster: "home",
      cpu: 4096,
      memory,
      reservedPorts: [22, 2375, 2376, 51678, 51679],
      reservedPortsUdp: [],
      attributes: { ...attributes, "com.amazonaws.ecs.capability.logging-driver.awslogs": "" },
      versionInfo: {},
    });
    this.nodes.push(instance);
    return instance;
  }

  tasks(status?: Task["lastStatus"]): Task[] {
    return Object.values(this.aws.runtime.ecs.tasks).filter(
      (t) => status === undefined || t.lastStatus === status,
    );
  }

  of(service: string): EcsService {
    const found = this.aws.runtime.ecs.services[service];
    if (!found) throw new Error("no such service");
    return found;
  }

  /** Lets the agents work until there is nothing to do; each round takes a second. */
  settle(start: (task: Task) => "RUNNING" | "STOPPED" = () => "RUNNING", rounds = 10): void {
    for (let i = 0; i < rounds; i++) {
      schedule(this.aws);
      for (const task of this.tasks().filter((x) => x.lastStatus !== "STOPPED")) {
        if (!this.aws.runtime.ecs.instances[task.containerInstanceArn]?.agentConnected) continue;
        if (task.desiredStatus === "STOPPED") report(this.aws, task, { status: "STOPPED", containers: [] });
        else if (task.lastStatus === "PENDING")
          report(this.aws, task, {
            status: start(task),
            reason: "CannotPullContainerError: no such image",
            containers: [],
          });
      }
      this.pass(1);
      for (const node of this.nodes) if (node.agentConnected) node.lastPoll = this.aws.now().toISOString();
    }
    schedule(this.aws);
  }

  messages(service: string): string[] {
    return this.of(service).events.map((e) => e.message);
  }
}

/** Returns the event of a service whose task cannot be placed. */
export const unplaced = (why: string) =>
  `(service app) was unable to place a task because no container instance met all of its requirements. Reason: ${why} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;

export const closest = (home: Home, n: number) =>
  `The closest matching container-instance ${home.nodes[n]?.arn.split("/").at(-1)}`;
