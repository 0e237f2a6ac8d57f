import type { RowsOf } from "./row.ts";

/** Certificates that the account has. */
const certificate = (number: number) =>
  `arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-00000000000${number}`;
const tls = { certificateArn: certificate(1) };
const webAcl = (name: string) =>
  `arn:aws:wafv2:us-east-1:123456789012:regional/webacl/${name}/00000000-0000-4000-8000-000000000001`;
const logs = { bucket: "access-logs" };

export const loadBalancing = {
  "loadBalancers.NAME": {
    effect: "added and removed",
    text: "The DNS name of a removed one is gone for good.",
    from: { loadBalancers: { NAME: undefined } },
    to: { loadBalancers: { NAME: {} } },
    steps: [
      "create Listener NAME-listener-80",
      "create LoadBalancer NAME-lb",
      "create SecurityGroup* NAME-*",
      "create TargetGroup NAME-tg",
      "create TargetGroupAttachment NAME-target/*",
    ],
  },
  "loadBalancers.NAME.type": {
    effect: "replaced",
    text: "The load balancer gets another ARN and DNS name, and answers again once its targets are healthy.",
    to: { loadBalancers: { NAME: { type: "application" } } },
    steps: [
      "replace Listener NAME-listener-80",
      "replace LoadBalancer NAME-lb",
      "replace TargetGroup NAME-tg",
      "replace TargetGroupAttachment NAME-target/*",
    ],
  },
  "loadBalancers.NAME.scheme": {
    effect: "replaced",
    text: "The load balancer gets another ARN and DNS name, and answers again once its targets are healthy.",
    to: { loadBalancers: { NAME: { scheme: "internet-facing" } } },
    steps: [
      "replace Listener NAME-listener-80",
      "replace LoadBalancer NAME-lb",
      "replace TargetGroup NAME-tg",
      "replace TargetGroupAttachment NAME-target/*",
    ],
  },
  "loadBalancers.NAME.service": {
    effect: "replaced",
    text: "The target group is replaced; the load balancer's ARN and DNS name stay, and it answers again once the new targets are healthy.",
    to: { loadBalancers: { NAME: { service: "api", hostPort: 8082 } } },
    steps: [
      "replace TargetGroup NAME-tg",
      "replace TargetGroupAttachment NAME-target/*",
      "update Listener NAME-listener-80",
      "update SecurityGroupEgressRule NAME-to-*",
    ],
  },
  "loadBalancers.NAME.hostPort": {
    effect: "replaced",
    text: "The target group is replaced; the load balancer's ARN and DNS name stay, and it answers again once the new targets are healthy.",
    to: { loadBalancers: { NAME: { hostPort: 8081 } } },
    steps: [
      "replace TargetGroup NAME-tg",
      "replace TargetGroupAttachment NAME-target/*",
      "update Listener NAME-listener-80",
      "update SecurityGroupEgressRule NAME-to-*",
    ],
  },
  "loadBalancers.NAME.listenerPort": {
    effect: "replaced",
    text: "Another listener takes the place of the former one: clients connect to the new port from then on.",
    to: { loadBalancers: { NAME: { listenerPort: 8080 } } },
    steps: [
      "create Listener NAME-listener-8080",
      "delete Listener NAME-listener-80",
      "create SecurityGroupIngressRule NAME-8080-from-*",
      "delete SecurityGroupIngressRule NAME-80-from-*",
    ],
  },
  "loadBalancers.NAME.allowFrom": {
    effect: "added and removed",
    text: "Each range has a security group rule of its own; the others stay.",
    to: { loadBalancers: { NAME: { allowFrom: ["203.0.113.0/24"] } } },
    steps: ["create SecurityGroupIngressRule NAME-80-from-203.0.113.0/24"],
  },
  "loadBalancers.NAME.crossZone": {
    effect: "in place",
    text: "Open connections stay.",
    to: { loadBalancers: { NAME: { crossZone: false } } },
    steps: ["update LoadBalancer NAME-lb"],
  },
  "loadBalancers.NAME.tls": {
    effect: "added and removed",
    text: "The ARN and the DNS name stay. An application load balancer answers by HTTPS before it redirects HTTP, and by HTTP again before HTTPS ends. Without a redirect, or on the same port, clients are cut off until they use the other protocol.",
    from: { loadBalancers: { NAME: { type: "application" } } },
    to: { loadBalancers: { NAME: { type: "application", tls } } },
    steps: [
      "create Listener NAME-listener-443",
      "update Listener NAME-listener-80",
      "create SecurityGroupIngressRule NAME-443-from-*",
    ],
  },
  "loadBalancers.NAME.tls.certificateArn": {
    effect: "in place",
    text: "New connections get the new certificate; open ones stay.",
    from: { loadBalancers: { NAME: { tls } } },
    to: { loadBalancers: { NAME: { tls: { certificateArn: certificate(2) } } } },
    steps: ["update Listener NAME-listener-443"],
  },
  "loadBalancers.NAME.tls.policy": {
    effect: "in place",
    text: "New connections follow the new policy; open ones stay.",
    from: { loadBalancers: { NAME: { tls } } },
    to: { loadBalancers: { NAME: { tls: { ...tls, policy: "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09" } } } },
    steps: ["update Listener NAME-listener-443"],
  },
  "loadBalancers.NAME.tls.redirectFrom": {
    effect: "added and removed",
    text: "The listener of HTTPS is not touched.",
    from: { loadBalancers: { NAME: { type: "application", tls } } },
    to: { loadBalancers: { NAME: { type: "application", tls: { ...tls, redirectFrom: false } } } },
    steps: ["delete Listener NAME-listener-80", "delete SecurityGroupIngressRule NAME-80-from-*"],
  },
  "loadBalancers.NAME.healthCheck.path": {
    effect: "in place",
    text: "A target stays as healthy as it was until the new checks say otherwise.",
    from: { loadBalancers: { NAME: { healthCheck: { path: "/" } } } },
    to: { loadBalancers: { NAME: { healthCheck: { path: "/health" } } } },
    steps: ["update TargetGroup NAME-tg"],
  },
  "loadBalancers.NAME.healthCheck.intervalSeconds": {
    effect: "in place",
    text: "A target stays as healthy as it was until the new checks say otherwise.",
    to: { loadBalancers: { NAME: { healthCheck: { intervalSeconds: 20 } } } },
    steps: ["update TargetGroup NAME-tg"],
  },
  "loadBalancers.NAME.healthCheck.healthyThreshold": {
    effect: "in place",
    text: "A target stays as healthy as it was until the new checks say otherwise.",
    to: { loadBalancers: { NAME: { healthCheck: { healthyThreshold: 3 } } } },
    steps: ["update TargetGroup NAME-tg"],
  },
  "loadBalancers.NAME.healthCheck.unhealthyThreshold": {
    effect: "in place",
    text: "A target stays as healthy as it was until the new checks say otherwise.",
    to: { loadBalancers: { NAME: { healthCheck: { unhealthyThreshold: 3 } } } },
    steps: ["update TargetGroup NAME-tg"],
  },
  "loadBalancers.NAME.accessLogs": {
    effect: "in place",
    text: "AWS writes logs from then on, or no longer; those that exist stay in the bucket.",
    from: { loadBalancers: { NAME: { type: "application" } } },
    to: { loadBalancers: { NAME: { type: "application", accessLogs: logs } } },
    steps: ["update LoadBalancer NAME-lb"],
  },
  "loadBalancers.NAME.accessLogs.bucket": {
    effect: "in place",
    text: "The former bucket keeps its logs.",
    from: { loadBalancers: { NAME: { type: "application", accessLogs: logs } } },
    to: { loadBalancers: { NAME: { type: "application", accessLogs: { bucket: "other-logs" } } } },
    steps: ["update LoadBalancer NAME-lb"],
  },
  "loadBalancers.NAME.accessLogs.prefix": {
    effect: "in place",
    text: "Logs that exist stay where they are.",
    from: { loadBalancers: { NAME: { type: "application", accessLogs: logs } } },
    to: { loadBalancers: { NAME: { type: "application", accessLogs: { ...logs, prefix: "web" } } } },
    steps: ["update LoadBalancer NAME-lb"],
  },
  "loadBalancers.NAME.deletionProtection": {
    effect: "in place",
    text: "Nothing is interrupted.",
    to: { loadBalancers: { NAME: { deletionProtection: true } } },
    steps: ["update LoadBalancer NAME-lb"],
  },
  "loadBalancers.NAME.webAclArn": {
    effect: "replaced",
    text: "Requests are not filtered for a moment: the former web ACL leaves before the new one comes.",
    from: { loadBalancers: { NAME: { type: "application", webAclArn: webAcl("web") } } },
    to: { loadBalancers: { NAME: { type: "application", webAclArn: webAcl("other") } } },
    steps: ["replace WebAclAssociation NAME-web-acl"],
  },
  "loadBalancers.NAME.formerly": {
    effect: "in place",
    text: "The load balancer keeps its ARN and DNS name.",
    from: { loadBalancers: { NAME: { formerly: "NAME-new" } } },
    to: { loadBalancers: { NAME: undefined, "NAME-new": { formerly: "NAME" } } },
    steps: [
      "update Listener NAME-new-*",
      "update LoadBalancer NAME-new-lb",
      "update SecurityGroup* NAME-new-*",
      "update TargetGroup NAME-new-tg",
    ],
    back: [
      "update Listener NAME-listener-80",
      "update LoadBalancer NAME-lb",
      "update SecurityGroup* NAME-*",
      "update TargetGroup NAME-tg",
    ],
  },
} satisfies RowsOf<"loadBalancers">;
