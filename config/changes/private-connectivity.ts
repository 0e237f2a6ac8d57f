import type { RowsOf } from "./row.ts";

export const privateConnectivity = {
  privateEndpoints: {
    effect: "added and removed",
    text: "Nodes use the endpoints as soon as they are there, and the internet again once they are gone.",
    from: { privateEndpoints: undefined, site: { dns: undefined } },
    steps: [
      "create RolePolicy cluster-node-buckets",
      "create SecurityGroup endpoints-access",
      "create SecurityGroup*Rule endpoints-*",
      "create VpcEndpoint endpoints-*",
      "create Command *-dns-forwarding",
      "create Command *-preflight",
      "update Command *-ecs-agent",
    ],
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
    steps: ["create VpcEndpoint endpoints-secretsmanager", "update Command *-preflight"],
  },
  "privateEndpoints.zones": {
    effect: "in place",
    text: "Endpoints get an address in a further zone, and lose that of a removed one; the others stay.",
    from: { privateEndpoints: { zones: ["us-east-1a"] } },
    to: { privateEndpoints: { zones: ["us-east-1a", "us-east-1b"] } },
    steps: ["update VpcEndpoint endpoints-*", "update Command *-preflight"],
  },
  "resolver.inbound": {
    effect: "added and removed",
    text: "Without fixed addresses a new resolver has other ones, and the site's DNS servers forward there.",
    from: { resolver: { inbound: undefined }, site: { dns: undefined } },
    steps: [
      "create SecurityGroup inbound-resolver-access",
      "create SecurityGroup*Rule inbound-resolver-*",
      "create ResolverEndpoint inbound-resolver-endpoint",
      "create Command *-dns-forwarding",
      "create Command *-preflight",
      "update Command *-ecs-agent",
    ],
  },
  "resolver.inbound.addresses": {
    effect: "replaced",
    text: "Any other fixed addresses replace the resolver, which is deleted before its successor is created: it answers no query for some minutes. The hosts' DNS servers follow; with `dns.at: elsewhere`, put the new `dnsSnippet` into yours.",
    from: { resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.10", "us-east-1b": "10.0.16.10" } } } },
    to: { resolver: { inbound: { addresses: { "us-east-1a": "10.0.0.11", "us-east-1b": "10.0.16.10" } } } },
    steps: [
      "replace ResolverEndpoint inbound-resolver-endpoint",
      "update Command *-dns-forwarding",
      "update Command *-preflight",
    ],
  },
  "resolver.inbound.queryLogs": {
    effect: "added and removed",
    text: "The recorded queries are deleted with it.",
    to: { resolver: { inbound: { queryLogs: {} } } },
    steps: [
      "create LogGroup inbound-resolver-queries",
      "create ResolverQueryLogConfig inbound-resolver-queries",
      "create ResolverQueryLogConfigAssociation inbound-resolver-queries",
    ],
  },
  "resolver.inbound.queryLogs.retentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    from: { resolver: { inbound: { queryLogs: { retentionDays: 30 } } } },
    to: { resolver: { inbound: { queryLogs: { retentionDays: 7 } } } },
    steps: ["update LogGroup inbound-resolver-queries"],
  },
  "resolver.outbound": {
    effect: "added and removed",
    text: "The VPC does not know the site's names without it.",
    from: { resolver: { outbound: undefined } },
    to: { resolver: { outbound: { forward: { "home.arpa": ["192.168.1.2"] } } } },
    steps: [
      "create SecurityGroup outbound-resolver-access",
      "create SecurityGroup*Rule outbound-resolver-*",
      "create ResolverEndpoint outbound-resolver-endpoint",
      "create ResolverRule outbound-resolver-home.arpa",
      "create ResolverRuleAssociation outbound-resolver-home.arpa",
    ],
  },
  "resolver.outbound.forward": {
    effect: "added and removed",
    text: "Each domain has a rule of its own; the rules of other domains stay. Other servers of a domain are changed in its rule.",
    from: { resolver: { outbound: { forward: { "home.arpa": ["192.168.1.2"] } } } },
    to: {
      resolver: { outbound: { forward: { "home.arpa": ["192.168.1.2"], "lab.home": ["192.168.1.2"] } } },
    },
    steps: [
      "create ResolverRule outbound-resolver-lab.home",
      "create ResolverRuleAssociation outbound-resolver-lab.home",
    ],
  },
} satisfies RowsOf<"privateEndpoints" | "resolver">;
