import type { RowsOf } from "./row.ts";

export const privateConnectivity = {
  privateEndpoints: {
    effect: "added and removed",
    text: "Nodes use the endpoints as soon as they are there, and the internet again once they are gone.",
    from: { privateEndpoints: undefined, site: { dns: undefined } },
    steps: [],
  },
  "privateEndpoints.services": {
    effect: "added and removed",
    text: "A service without an endpoint is reached over the internet again.",
    from: { privateEndpoints: { services: ["ecs", "ecs-agent", "ecs-telemetry", "ssm", "ssmmessages"] } },
    to: {
      privateEndpoints: {
        services: ["ecs", "ecs-agent", "ecs-telemetry", "ssm", "ssmmessages", "secretsmanager"],
      },
    },
    steps: [],
  },
  "privateEndpoints.zones": {
    effect: "in place",
    text: "Endpoints get an address in a further zone, and lose that of a removed one; the others stay.",
    from: { privateEndpoints: { zones: ["us-east-1a"] } },
    to: { privateEndpoints: { zones: ["us-east-1a", "us-east-1b"] } },
    steps: [],
  },
  "resolver.inbound": {
    effect: "added and removed",
    text: "Without fixed addresses a new resolver has other ones, and the site's DNS servers forward there.",
    from: { resolver: { inbound: undefined }, site: { dns: undefined } },
    steps: [],
  },
  "resolver.inbound.addresses": {
    effect: "replaced",
    text: "The resolver is deleted before its successor is created, and answers no query meanwhile.",
    from: { resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.10", "us-east-1b": "10.0.16.10" } } } },
    to: { resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.11", "us-east-1b": "10.0.16.10" } } } },
    steps: [],
  },
  "resolver.inbound.queryLogs": {
    effect: "added and removed",
    text: "The recorded queries are deleted with it.",
    to: { resolver: { inbound: { queryLogs: {} } } },
    steps: [],
  },
  "resolver.inbound.queryLogs.retentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    from: { resolver: { inbound: { queryLogs: { retentionDays: 30 } } } },
    to: { resolver: { inbound: { queryLogs: { retentionDays: 7 } } } },
    steps: [],
  },
  "resolver.outbound": {
    effect: "added and removed",
    text: "The VPC does not know the site's names without it.",
    from: { resolver: { outbound: undefined } },
    to: { resolver: { outbound: { forward: { "home.arpa": ["192.168.1.2"] } } } },
    steps: [],
  },
  "resolver.outbound.forward": {
    effect: "added and removed",
    text: "Each domain has a rule of its own; the rules of other domains stay.",
    from: { resolver: { outbound: { forward: { "home.arpa": ["192.168.1.2"] } } } },
    to: {
      resolver: { outbound: { forward: { "home.arpa": ["192.168.1.2"], "lab.home": ["192.168.1.2"] } } },
    },
    steps: [],
  },
} satisfies RowsOf<"privateEndpoints" | "resolver">;
