/** Refusals of load balancers. */
import { base, hostKey, node, refused, service, web } from "../stack.ts";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";

/** A stack with one load balancer. */
const front = (balancer: object) => ({
  ...base,
  services: { web },
  loadBalancers: { front: { service: "web", ...balancer } },
});

refused([
  [
    "load balancer of an unknown service",
    { ...base, services: { web }, loadBalancers: { front: { type: "network", service: "wbe" } } },
    "loadBalancers.front.service: wbe: must be a key of `services`; choose one of web",
  ],
  [
    "load balancer of a service without a host port",
    { ...base, services: { web: service }, loadBalancers: { front: { type: "network", service: "web" } } },
    "loadBalancers.front.hostPort: (missing): must be one of the TCP host ports of services.web (it has none); give the service one",
  ],
  [
    "internet-facing without public subnets",
    {
      ...base,
      services: { web },
      loadBalancers: { front: { type: "network", service: "web", scheme: "internet-facing" } },
    },
    "loadBalancers.front.scheme: internet-facing: must be internal while network.publicSubnets is false: an internet-facing load balancer needs public subnets; set network.publicSubnets to true, or scheme to internal",
  ],
  [
    "application load balancer without cross-zone balancing",
    {
      ...base,
      services: { web },
      loadBalancers: { front: { type: "application", service: "web", crossZone: false } },
    },
    "loadBalancers.front.crossZone: false: must be true: an application load balancer without cross-zone balancing cannot reach addresses outside the VPC; set crossZone to true, or choose type: network",
  ],
  [
    "application load balancer in one zone",
    {
      ...base,
      network: { zones: ["us-east-1a"] },
      services: { web },
      loadBalancers: { front: { type: "application", service: "web" } },
    },
    "loadBalancers.front.type: application: must not be application with 1 zone: an application load balancer needs subnets in two; add a zone to the network, or choose type: network",
  ],
  [
    "load balancer's name that is too long for AWS",
    {
      ...base,
      services: { web },
      loadBalancers: { "a-name-of-22-characters": { type: "network", service: "web" } },
    },
    "loadBalancers.a-name-of-22-characters: 23 characters: must have at most 21 characters: AWS takes 32, of which 11 are a suffix; choose a shorter name",
  ],
  [
    "load balancer in front of a site whose range is public",
    {
      ...base,
      site: { ...base.site, cidr: "198.18.1.0/24" },
      hosts: { gateway: { address: "198.18.1.196", hostKey }, "pi-1": node("198.18.1.101") },
      services: { web },
      loadBalancers: { front: { type: "network", service: "web" } },
    },
    "site.cidr: 198.18.1.0/24: must lie in one of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16: AWS takes no other targets outside the VPC; give the site a private range",
  ],
  [
    "load balancer in front of hosts in a public range of the site",
    {
      ...front({ type: "network" }),
      site: { ...base.site, secondaryCidrs: ["198.18.1.0/24", "198.18.2.0/24"] },
      hosts: { ...base.hosts, "pi-2": node("198.18.2.102") },
    },
    "site.secondaryCidrs.1: 198.18.2.0/24: must lie in one of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16: AWS takes no other targets outside the VPC; give the site a private range",
  ],
  [
    "more ranges in front of a load balancer than its security group has rules for",
    front({ type: "network", allowFrom: Array.from({ length: 59 }, (_, i) => `203.0.113.${i}/32`) }),
    "loadBalancers.front.allowFrom: 61 rules: must need at most 60 rules: a security group takes no more in one direction; name fewer ranges, wider ones",
  ],
  [
    "range that is not named by its first address",
    {
      ...base,
      services: { web },
      loadBalancers: { front: { type: "network", service: "web", allowFrom: ["203.0.113.7/24"] } },
    },
    "loadBalancers.front.allowFrom.0: 203.0.113.7/24: must be named by its first address; write 203.0.113.0/24",
  ],
  [
    "certificate without an ARN",
    front({ type: "network", tls: { certificateArn: "example.com" } }),
    "loadBalancers.front.tls.certificateArn: example.com: must be the ARN of a certificate in AWS Certificate Manager; write it as arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
  ],
  [
    "certificate of another Region",
    front({ type: "network", tls: { certificateArn: certificateArn.replace("us-east-1", "eu-west-1") } }),
    `loadBalancers.front.tls.certificateArn: ${certificateArn.replace("us-east-1", "eu-west-1")}: must be of us-east-1, the load balancer's Region; create one in us-east-1, also for a name that has one elsewhere`,
  ],
  [
    "security policy with TLS 1.0",
    front({ type: "application", tls: { certificateArn, policy: "ELBSecurityPolicy-TLS13-1-0-2021-06" } }),
    "loadBalancers.front.tls.policy: ELBSecurityPolicy-TLS13-1-0-2021-06: must be a policy of AWS's with TLS 1.2 or 1.3 only, ELBSecurityPolicy-TLS13-1-2-… or -1-3-…; choose ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, or remove the field",
  ],
  [
    "redirect from the port of HTTPS",
    front({ type: "application", listenerPort: 80, tls: { certificateArn } }),
    "loadBalancers.front.tls.redirectFrom: 80: must not be the port that it redirects to; remove listenerPort, so that HTTPS has port 443",
  ],
  [
    "redirect from HTTPS's own port",
    front({ type: "application", tls: { certificateArn, redirectFrom: 443 } }),
    "loadBalancers.front.tls.redirectFrom: 443: must not be the port that it redirects to; choose another port, or false for no redirect",
  ],
  [
    "redirect from no port",
    front({ type: "application", tls: { certificateArn, redirectFrom: true } }),
    "loadBalancers.front.tls.redirectFrom: true: must be a port from 1 to 65535, or false for no redirect; write 80, or remove it",
  ],
  [
    "redirect of a network load balancer",
    front({ type: "network", tls: { certificateArn, redirectFrom: 80 } }),
    "loadBalancers.front.tls.redirectFrom: (unknown key): must be one of certificateArn, policy; remove it",
  ],
  [
    "access logs of a network load balancer without TLS",
    front({ type: "network", accessLogs: { bucket: "logs" } }),
    "loadBalancers.front.accessLogs: without tls: must not be there without tls: of a network load balancer, AWS logs connections with TLS only; give it tls, or remove accessLogs",
  ],
  [
    "access logs in a bucket by its ARN",
    front({ type: "application", accessLogs: { bucket: "arn:aws:s3:::logs" } }),
    "loadBalancers.front.accessLogs.bucket: arn:aws:s3:::logs: must be the name of a bucket: 3 to 63 of a-z, 0-9, dots and dashes, with a letter or digit at both ends; write the name alone, without s3:// or an ARN before it",
  ],
  [
    "access logs under AWS's own path",
    front({ type: "application", accessLogs: { bucket: "logs", prefix: "web/AWSLogs" } }),
    "loadBalancers.front.accessLogs.prefix: web/AWSLogs: must be a path without a slash at its ends, and must not contain AWSLogs, which AWS appends; write it as logs/web, or remove it",
  ],
  [
    "web ACL of CloudFront",
    front({ type: "application", webAclArn: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/1" }),
    "loadBalancers.front.webAclArn: arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/1: must be the ARN of a regional web ACL of AWS WAF (not one of CloudFront, nor of WAF Classic); write it as arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/12345678-1234-1234-1234-123456789012",
  ],
  [
    "web ACL of another Region",
    front({ type: "application", webAclArn: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/web/1" }),
    "loadBalancers.front.webAclArn: arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/web/1: must be of us-east-1, the load balancer's Region; create one in us-east-1",
  ],
  [
    "web ACL of a network load balancer",
    front({ type: "network", webAclArn: "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/1" }),
    "loadBalancers.front.webAclArn: (unknown key): must be one of scheme, service, hostPort, listenerPort, allowFrom, healthCheck, accessLogs, deletionProtection, formerly, type, crossZone, tls; remove it",
  ],
]);
