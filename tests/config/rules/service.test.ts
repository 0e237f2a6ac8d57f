/** Refusals of services. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { base, node, refused, service, web } from "../stack.ts";

refused([
  [
    "constraint that no node satisfies",
    { ...base, services: { redis: { ...service, placement: { attributes: { redis: "true" } } } } },
    "services.redis.placement.attributes: redis = true: must match a node: otherwise the service could never start; give a node these attributes, or ask for fewer",
  ],
  [
    "service without any node",
    { ...base, hosts: { gateway: base.hosts.gateway }, services: { web: service } },
    "services.web.placement.attributes: {}: must match a node: otherwise the service could never start; add `node: {}` to a host, which makes it a node",
  ],
  [
    "more tasks than fixed host ports",
    { ...base, services: { web: { ...web, desiredCount: 2 } } },
    "services.web.desiredCount: 2: must be at most 1: with fixed host ports or distinctInstance there is one task per node, and these can run it: pi-1; lower desiredCount, or add nodes",
  ],
  [
    "host ports that clash",
    { ...base, services: { web, api: web } },
    "services.api.network.ports: tcp/8080: must not be shared with services.web: 2 tasks do not fit on 1 node; choose another host port, or place them on different nodes",
  ],
  [
    "host port given twice",
    {
      ...base,
      services: { web: { ...service, network: { mode: "host", ports: [8080, 8080] } } },
    },
    "services.web.network.ports: tcp/8080: must be given once; choose another host port for one of them",
  ],
  [
    "reserved host port",
    { ...base, services: { web: { ...service, network: { mode: "host", ports: [51678] } } } },
    "services.web.network.ports.0: 51678: must not be one of 22, 2375, 2376, 51678, 51679, which sshd, Docker and the ECS agent use; choose another host port",
  ],
  [
    "network mode that EXTERNAL does not have",
    { ...base, services: { web: { ...service, network: { mode: "awsvpc" } } } },
    "services.web.network.mode: awsvpc: must be one of bridge, host, none: how the containers use the node's network. `awsvpc` does not exist outside AWS; choose one of them",
  ],
  [
    "attribute with a space",
    {
      ...base,
      services: { web: { ...service, desiredCount: 0, placement: { attributes: { rack: "no 3" } } } },
    },
    "services.web.placement.attributes.rack: no 3: must not be empty, or have a space or a backslash: the query language of ECS cannot compare it; choose another value, also on the nodes",
  ],
  [
    "health check that begins with a keyword of Docker's",
    { ...base, services: { web: { ...service, healthCheck: { command: ["CMD", "true"] } } } },
    'services.web.healthCheck.command: ["CMD","true"]: must be a program with its arguments, as it is run inside the container; write for example ["redis-cli", "ping"] or ["sh", "-c", "…"]',
  ],
  [
    "parameter without its full name",
    { ...base, services: { web: { ...service, secrets: { TOKEN: "/hits//token" } } } },
    "services.web.secrets.TOKEN: /hits//token: must be the full name of an SSM parameter: parts of A-Z a-z 0-9 _ . - with a / before each; write for example /hits/token",
  ],
]);

const twoNodes = { ...base.hosts, "pi-2": node("192.168.1.102") };

test("a service without running tasks needs no node", (t) => {
  const placement = { attributes: { redis: "true" } };
  t.notThrows(() =>
    parse({ ...base, services: { web: { ...web, desiredCount: 0, placement } } }, "us-east-1"),
  );
});

test("services may share a host port if there are enough nodes", (t) => {
  t.notThrows(() => parse({ ...base, hosts: twoNodes, services: { web, api: web } }, "us-east-1"));
});
