/** What the lab's agents send to AWS, by their own code: calls are noted instead of made. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Target } from "../../aws/client.ts";

export interface Sent {
  readonly target: Target;
  readonly operation: string;
  readonly body: object;
}

export interface Agent {
  readonly instanceId: string;
  readonly containerInstance: string;
  readonly task: string;
  readonly cluster: string;
}

const program = `
import json, sys, types
folder = sys.argv[1]
sys.path[:0] = [folder + "/ecs-agent", folder + "/common", folder + "/ssm-agent"]
given = json.load(sys.stdin)
import awsapi, control_plane, engine, host, registry, amazon_ssm_agent
sent = []
def noted(region, service, target, payload, **_):
    if target:
        sent.append({"target": service, "operation": target.split(".")[1], "body": payload})
    return {
        "containerInstance": {"containerInstanceArn": given["containerInstance"]},
        "endpoint": "https://ecs-a.us-east-1.amazonaws.com/",
        "tasks": [],
    }
awsapi.call = noted
host._local_address = lambda region: "192.168.1.101"
amazon_ssm_agent.heartbeat({"region": "us-east-1", "instanceID": given["instanceId"]})
settings = types.SimpleNamespace(
    region="us-east-1", cluster=given["cluster"], attributes={"redis": "true"}, drivers=["awslogs"]
)
plane = control_plane.ControlPlane(settings, "27.0.1")
plane.register(None)
plane.poll(given["containerInstance"], [])
definition = {"name": "app", "portMappings": [{"containerPort": 80, "hostPort": 8080, "protocol": "tcp"}]}
task = {"payload": {"containers": [definition]}, "startedAt": 1.5, "stoppedAt": 2.5, "reason": "Essential container in task exited"}
for status, code in [("RUNNING", None), ("STOPPED", 137)]:
    known = {"id": "0123456789ab", "status": status, "exitCode": code}
    plane.submit_task(given["task"], engine._change({**task, "status": status, "containers": {"app": known}}))
print(json.dumps(sent))
`;

/** Returns the requests of a node's life: heartbeat, registration, poll, and the changes of a task. */
export function agentRequests(agent: Agent): readonly Sent[] {
  const folder = join(import.meta.dirname, "../../../../lab/agents");
  const output = execFileSync("/usr/bin/python3", ["-B", "-c", program, folder], {
    input: JSON.stringify(agent),
    stdio: ["pipe", "pipe", "inherit"],
  });
  return JSON.parse(output.toString());
}
