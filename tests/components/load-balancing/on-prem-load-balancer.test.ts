import test from "ava";
import type { BalancerKind } from "../../../components/load-balancing/balancer-options.ts";
import {
  OnPremLoadBalancer,
  type OnPremLoadBalancerArgs,
} from "../../../components/load-balancing/on-prem-load-balancer.ts";
import { Network } from "../../../components/network/network.ts";
import type { LoadBalancerType } from "../../../limits/load-balancing.ts";
import { importedCertificate, logBucket } from "../../lab/aws/account.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { type Assignable, built, failure, tagged } from "../cloud.ts";

type Common = Omit<OnPremLoadBalancerArgs, "vpcId" | "vpcCidrs" | "subnetIds" | keyof BalancerKind>;
const pi2 = { "pi-2": { address: "192.168.1.102" } };
const common: Common = {
  scheme: "internal",
  siteCidrs: ["192.168.1.0/24"],
  hostPort: 8080,
  targets: { "pi-1": { address: "192.168.1.101" }, ...pi2 },
  healthCheck: { intervalSeconds: 10, healthyThreshold: 2, unhealthyThreshold: 3 },
  allowFrom: [],
};

const network: LoadBalancerType = { type: "network", crossZone: true };
const application: LoadBalancerType = { type: "application", crossZone: true };

const balancer = (
  type: BalancerKind,
  over: Partial<Common> = {},
  zones = ["us-east-1a", "us-east-1b"],
  name = "hits",
) => {
  const vpc = new Network("net", { cidr: "10.0.0.0/16", zones, publicSubnets: true });
  return new OnPremLoadBalancer(name, {
    ...common,
    vpcId: vpc.vpcId,
    vpcCidrs: vpc.cidrs,
    subnetIds: over.scheme === "internet-facing" ? vpc.publicSubnetIds : vpc.privateSubnetIds,
    ...over,
    ...type,
  });
};

test.serial("it has a load balancer, a listener, targets and a security group", async (t) => {
  const { names, children, child } = await built(() => balancer(network));
  t.deepEqual(
    names.filter((name) => name.includes(" hits-")),
    [
      "Listener hits-listener-80",
      "LoadBalancer hits-lb",
      "SecurityGroup hits-access",
      "SecurityGroupEgressRule hits-to-192.168.1.0/24",
      "SecurityGroupIngressRule hits-80-from-10.0.0.0/16",
      "SecurityGroupIngressRule hits-80-from-192.168.1.0/24",
      "TargetGroup hits-tg",
      "TargetGroupAttachment hits-target/192.168.1.101",
      "TargetGroupAttachment hits-target/192.168.1.102",
    ],
  );
  const own = children.filter(({ name }) => name.startsWith("hits-"));
  t.true(own.every(({ parent }) => parent.endsWith("::hybrid:load-balancing:OnPremLoadBalancer::hits")));
  t.true(child("Listener", "hits-listener-80").deleteBeforeReplace, "a port takes one listener");
  // why: AWS lets the listeners of one load balancer alone use a target group.
  t.is(child("TargetGroup", "hits-tg").replacementTrigger, child("LoadBalancer", "hits-lb").state.arn);
  t.false(child("TargetGroup", "hits-tg").deleteBeforeReplace);
});

test.serial("a network load balancer has its security group from the start", async (t) => {
  const { child, component } = await built(() => balancer(network));
  const own = child("LoadBalancer", "hits-lb");
  t.deepEqual(own.inputs, {
    loadBalancerType: "network",
    internal: true,
    ipAddressType: "ipv4",
    subnets: [child("Subnet", "net-private-us-east-1a").id, child("Subnet", "net-private-us-east-1b").id],
    securityGroups: [child("SecurityGroup", "hits-access").id],
    enableCrossZoneLoadBalancing: true,
    accessLogs: { bucket: "", enabled: false },
    enableDeletionProtection: false,
    tags: tagged("hits-lb"),
  });
  t.deepEqual(child("Listener", "hits-listener-80").inputs, {
    loadBalancerArn: own.state.arn,
    port: 80,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: child("TargetGroup", "hits-tg").state.arn }],
    tags: tagged("hits-listener-80"),
  });
  t.is(await valueOfOutput(component.arn), String(own.state.arn));
  t.is(await valueOfOutput(component.dnsName), String(own.state.dnsName));
  t.is(await valueOfOutput(component.url), `http://${own.state.dnsName}/`);
  t.is(await valueOfOutput(component.targetGroupArn), String(child("TargetGroup", "hits-tg").state.arn));
  t.is(await valueOfOutput(component.securityGroupId), child("SecurityGroup", "hits-access").id);
});

test.serial("its targets are addresses outside of the VPC, and named by them", async (t) => {
  const { child } = await built(() => balancer(network));
  const group = child("TargetGroup", "hits-tg");
  t.deepEqual(group.inputs, {
    vpcId: child("Vpc", "net-vpc").id,
    targetType: "ip",
    port: 8080,
    protocol: "TCP",
    preserveClientIp: "false",
    connectionTermination: true,
    deregistrationDelay: 30,
    healthCheck: {
      protocol: "TCP",
      port: "traffic-port",
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
    tags: tagged("hits-tg"),
  });
  t.deepEqual(child("TargetGroupAttachment", "hits-target/192.168.1.102").inputs, {
    targetGroupArn: group.state.arn,
    targetId: "192.168.1.102",
    port: 8080,
    availabilityZone: "all",
  });
});

test.serial("removing a node leaves the others' attachments as they are", async (t) => {
  const { names } = await built(() => balancer(network, { targets: pi2 }));
  t.deepEqual(
    names.filter((name) => name.startsWith("TargetGroupAttachment")),
    ["TargetGroupAttachment hits-target/192.168.1.102"],
  );
});

test.serial("nodes under other names at the same addresses are the same targets", async (t) => {
  const targets = { kitchen: { address: "192.168.1.102" }, "pi-2": { address: "192.168.1.101" } };
  const before = await built(() => balancer(network));
  const after = await built(() => balancer(network, { targets }));
  t.deepEqual(after.names.toSorted(), before.names.toSorted());
  for (const { child } of [before, after])
    t.is(child("TargetGroupAttachment", "hits-target/192.168.1.101").inputs.targetId, "192.168.1.101");
});

test.serial("a path is checked with HTTP, well within the interval", async (t) => {
  const healthCheck = { path: "/health", intervalSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 2 };
  const { child } = await built(() => balancer(network, { healthCheck }));
  t.deepEqual(child("TargetGroup", "hits-tg").inputs.healthCheck, {
    protocol: "HTTP",
    path: "/health",
    matcher: "200-399",
    port: "traffic-port",
    interval: 5,
    timeout: 4,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  });
});

test.serial("each range that may connect has one rule", async (t) => {
  const allowFrom = ["172.31.0.0/16", "10.0.0.0/16", "172.31.0.0/16"];
  const { child, names } = await built(() => balancer(network, { allowFrom }));
  t.deepEqual(
    names.filter((name) => name.startsWith("SecurityGroupIngressRule")),
    [
      "SecurityGroupIngressRule hits-80-from-10.0.0.0/16",
      "SecurityGroupIngressRule hits-80-from-172.31.0.0/16",
      "SecurityGroupIngressRule hits-80-from-192.168.1.0/24",
    ],
  );
  t.deepEqual(child("SecurityGroupIngressRule", "hits-80-from-172.31.0.0/16").inputs, {
    securityGroupId: child("SecurityGroup", "hits-access").id,
    cidrIpv4: "172.31.0.0/16",
    ipProtocol: "tcp",
    fromPort: 80,
    toPort: 80,
    tags: tagged("hits-80-from-172.31.0.0/16"),
  });
});

test.serial("it reaches the service's port at the site, and nothing else", async (t) => {
  const { child } = await built(() => balancer(network));
  const { ingress, egress } = child("SecurityGroup", "hits-access").inputs;
  t.deepEqual([ingress, egress], [undefined, undefined]);
  t.deepEqual(child("SecurityGroupEgressRule", "hits-to-192.168.1.0/24").inputs, {
    securityGroupId: child("SecurityGroup", "hits-access").id,
    cidrIpv4: "192.168.1.0/24",
    ipProtocol: "tcp",
    fromPort: 8080,
    toPort: 8080,
    tags: tagged("hits-to-192.168.1.0/24"),
  });
});

test.serial("targets may be in any range of the site, and each range has its own rules", async (t) => {
  const siteCidrs = ["192.168.1.0/24", "192.168.2.0/24"];
  const targets = { "pi-1": { address: "192.168.1.101" }, "pi-3": { address: "192.168.2.103" } };
  const { child, names } = await built(() => balancer(network, { siteCidrs, targets }));
  t.is(child("TargetGroupAttachment", "hits-target/192.168.2.103").inputs.targetId, "192.168.2.103");
  for (const range of siteCidrs) {
    t.true(names.includes(`SecurityGroupIngressRule hits-80-from-${range}`));
    t.true(names.includes(`SecurityGroupEgressRule hits-to-${range}`));
  }
});

test.serial("its address has the port unless it is HTTP's own", async (t) => {
  const { child, component } = await built(() => balancer(network, { listenerPort: 8081 }));
  t.is(await valueOfOutput(component.url), `http://${child("LoadBalancer", "hits-lb").state.dnsName}:8081/`);
});

test.serial("cross-zone balancing of a network load balancer is optional", async (t) => {
  const { child } = await built(() => balancer({ type: "network", crossZone: false }));
  t.is(child("LoadBalancer", "hits-lb").inputs.enableCrossZoneLoadBalancing, false);
});

test.serial("an internet-facing one is in public subnets", async (t) => {
  const { child } = await built(() => balancer(network, { scheme: "internet-facing" }));
  t.like(child("LoadBalancer", "hits-lb").inputs, {
    internal: false,
    subnets: [child("Subnet", "net-public-us-east-1a").id, child("Subnet", "net-public-us-east-1b").id],
  });
});

test.serial("an application load balancer takes the same arguments", async (t) => {
  const { child } = await built(() => balancer(application));
  t.deepEqual(child("LoadBalancer", "hits-lb").inputs, {
    loadBalancerType: "application",
    internal: true,
    ipAddressType: "ipv4",
    subnets: [child("Subnet", "net-private-us-east-1a").id, child("Subnet", "net-private-us-east-1b").id],
    securityGroups: [child("SecurityGroup", "hits-access").id],
    dropInvalidHeaderFields: true,
    accessLogs: { bucket: "", enabled: false },
    enableDeletionProtection: false,
    tags: tagged("hits-lb"),
  });
  t.is(child("Listener", "hits-listener-80").inputs.protocol, "HTTP");
  t.deepEqual(child("TargetGroup", "hits-tg").inputs, {
    vpcId: child("Vpc", "net-vpc").id,
    targetType: "ip",
    port: 8080,
    protocol: "HTTP",
    loadBalancingCrossZoneEnabled: "true",
    deregistrationDelay: 30,
    healthCheck: {
      protocol: "HTTP",
      path: "/",
      matcher: "200-399",
      port: "traffic-port",
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
    tags: tagged("hits-tg"),
  });
  t.is(child("TargetGroupAttachment", "hits-target/192.168.1.101").inputs.availabilityZone, "all");
});

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const tls = { certificateArn, policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" };

/** An account with a certificate, and the load balancers that are made of its ARN. */
async function withCertificate(
  build: (tls: { certificateArn: string; policy: string }) => OnPremLoadBalancer,
) {
  let arn = "";
  const made = await built(() => build({ ...tls, certificateArn: arn }), {
    prepare: (aws) => {
      arn = importedCertificate(aws);
    },
  });
  return { ...made, arn };
}

test.serial("HTTPS in front: requests by HTTP are redirected once HTTPS answers", async (t) => {
  const { child, component, arn, names } = await withCertificate((tls) =>
    balancer({ ...application, tls: { ...tls, redirectFrom: 80 } }),
  );
  const loadBalancerArn = child("LoadBalancer", "hits-lb").state.arn;
  const https = child("Listener", "hits-listener-443");
  t.deepEqual(https.inputs, {
    loadBalancerArn,
    port: 443,
    protocol: "HTTPS",
    sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    certificateArn: arn,
    defaultActions: [{ type: "forward", targetGroupArn: child("TargetGroup", "hits-tg").state.arn }],
    tags: tagged("hits-listener-443"),
  });
  const http = child("Listener", "hits-listener-80");
  t.deepEqual(http.inputs, {
    loadBalancerArn,
    port: 80,
    protocol: "HTTP",
    defaultActions: [
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
    ],
    tags: tagged("hits-listener-80"),
  });
  t.true(http.dependencies.includes(https.urn));
  for (const one of [http, https]) {
    // why: the provider would send the security policy of a listener that is plain again.
    t.deepEqual(one.replaceOnChanges, ["protocol"]);
    t.true(one.deleteBeforeReplace);
  }
  t.deepEqual(
    names.filter((name) => name.startsWith("SecurityGroupIngressRule")),
    [
      "SecurityGroupIngressRule hits-443-from-10.0.0.0/16",
      "SecurityGroupIngressRule hits-443-from-192.168.1.0/24",
      "SecurityGroupIngressRule hits-80-from-10.0.0.0/16",
      "SecurityGroupIngressRule hits-80-from-192.168.1.0/24",
    ],
  );
  t.is(await valueOfOutput(component.url), `https://${child("LoadBalancer", "hits-lb").state.dnsName}/`);
});

test.serial("HTTPS without a redirect, at another port", async (t) => {
  const { child, component, names } = await withCertificate((tls) =>
    balancer({ ...application, tls: { ...tls, redirectFrom: false } }, { listenerPort: 8443 }),
  );
  t.deepEqual(
    names.filter((name) => name.startsWith("Listener")),
    ["Listener hits-listener-8443"],
  );
  t.is(await valueOfOutput(component.url), `https://${child("LoadBalancer", "hits-lb").state.dnsName}:8443/`);
});

test.serial("a network load balancer ends TLS, and speaks TCP to the nodes", async (t) => {
  const { child, names } = await withCertificate((tls) => balancer({ ...network, tls }));
  t.deepEqual(
    names.filter((name) => name.startsWith("Listener")),
    ["Listener hits-listener-443"],
  );
  t.like(child("Listener", "hits-listener-443").inputs, { port: 443, protocol: "TLS" });
  t.is(child("TargetGroup", "hits-tg").inputs.protocol, "TCP");
});

test.serial("access logs go to a bucket that lets AWS write them", async (t) => {
  const { child } = await built(
    () => balancer(application, { accessLogs: { bucket: "logs", prefix: "web" } }),
    {
      prepare: (aws) => logBucket(aws, "logs"),
    },
  );
  t.deepEqual(child("LoadBalancer", "hits-lb").inputs.accessLogs, {
    bucket: "logs",
    prefix: "web",
    enabled: true,
  });
});

test.serial("a bucket whose policy does not let AWS write refuses access logs", async (t) => {
  t.regex(
    await failure(() => balancer(application, { accessLogs: { bucket: "logs" } })),
    /InvalidConfigurationRequest: Access Denied for bucket: logs\. Please check S3bucket permission$/,
  );
});

test.serial(
  "with deletion protection, AWS does not delete it, and a preview says so before its listeners go",
  async (t) => {
    const { child } = await built(() => balancer(application, { deletionProtection: true }));
    const own = child("LoadBalancer", "hits-lb");
    t.true(own.inputs.enableDeletionProtection);
    // why: AWS refuses the load balancer alone, when its listeners are deleted already.
    t.true(own.protect);
    t.false(child("Listener", "hits-listener-80").protect);
  },
);

test.serial("a web ACL filters the requests of an application load balancer", async (t) => {
  let webAclArn = "";
  const { child } = await built(() => balancer({ ...application, webAclArn }), {
    prepare: (aws) => {
      const given = { name: "web", scope: "REGIONAL" };
      webAclArn = aws.create("aws:wafv2/webAcl:WebAcl", given).id;
    },
  });
  const association = child("WebAclAssociation", "hits-web-acl");
  t.deepEqual(association.inputs, {
    resourceArn: child("LoadBalancer", "hits-lb").state.arn,
    webAclArn,
  });
  // why: deleting the old association after the new one is made would remove the new one.
  t.true(association.deleteBeforeReplace);
});

const target = (address: string) => ({ targets: { "pi-1": { address } } });
const refused: [message: string, build: () => unknown][] = [
  [
    "hits.targets.pi-1.address: 10.0.3.7: must not lie inside the VPC's range 10.0.0.0/16: AWS takes such an address for one of the VPC; choose another range for one of them",
    () => balancer(network, target("10.0.3.7")),
  ],
  [
    "hits.targets.pi-1.address: 192.168.2.7: must lie inside the site's range 192.168.1.0/24: the VPC has no route to other addresses; correct the address, or widen the site's range",
    () => balancer(network, target("192.168.2.7")),
  ],
  [
    "hits.targets.pi-1.address: 203.0.113.7: must lie in one of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16: AWS takes no other targets outside the VPC; give the site a private range",
    () => balancer(network, { ...target("203.0.113.7"), siteCidrs: ["203.0.113.0/24"] }),
  ],
  [
    "hits.type: application: must not be application with 1 zone: an application load balancer needs subnets in two; add a zone to the network, or choose type: network",
    () => balancer(application, {}, ["us-east-1a"]),
  ],
  [
    "a-name-that-is-too-long: 23 characters: must have at most 21 characters: AWS takes 32, of which 11 are a suffix; choose a shorter name",
    () => balancer(network, {}, undefined, "a-name-that-is-too-long"),
  ],
  [
    "internal-hits: internal-hits: must be letters, digits and dashes, and must not begin with internal-, which AWS keeps for itself; choose another name",
    () => balancer(network, {}, undefined, "internal-hits"),
  ],
  [
    "hits.tls.certificateArn: server-certificate/web: must be the ARN of a certificate in AWS Certificate Manager; write it as arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    () => balancer({ ...network, tls: { ...tls, certificateArn: "server-certificate/web" } }),
  ],
  [
    "hits.tls.policy: ELBSecurityPolicy-2016-08: must be a policy of AWS's with TLS 1.2 or 1.3 only, ELBSecurityPolicy-TLS13-1-2-… or -1-3-…; choose ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, or remove the field",
    () => balancer({ ...network, tls: { ...tls, policy: "ELBSecurityPolicy-2016-08" } }),
  ],
  [
    "hits.accessLogs: without tls: must not be there without tls: of a network load balancer, AWS logs connections with TLS only; give it tls, or remove accessLogs",
    () => balancer(network, { accessLogs: { bucket: "logs" } }),
  ],
  [
    "hits.accessLogs.bucket: s3://logs: must be the name of a bucket: 3 to 63 of a-z, 0-9, dots and dashes, with a letter or digit at both ends; write the name alone, without s3:// or an ARN before it",
    () => balancer(application, { accessLogs: { bucket: "s3://logs" } }),
  ],
  [
    "hits.accessLogs.prefix: web/: must be a path without a slash at its ends, and must not contain AWSLogs, which AWS appends; write it as logs/web, or remove it",
    () => balancer(application, { accessLogs: { bucket: "logs", prefix: "web/" } }),
  ],
  [
    "hits.webAclArn: web: must be the ARN of a regional web ACL of AWS WAF (not one of CloudFront, nor of WAF Classic); write it as arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/12345678-1234-1234-1234-123456789012",
    () => balancer({ ...application, webAclArn: "web" }),
  ],
  [
    "hits.tls.redirectFrom: 443: must not be the port that it redirects to; choose another port, or false for no redirect",
    () => balancer({ ...application, tls: { ...tls, redirectFrom: 443 } }),
  ],
];
for (const [message, build] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(build), message);
  });
}

test.serial("an application load balancer without cross-zone does not compile, and is refused", async (t) => {
  const compiles: Assignable<{ type: "application"; crossZone: false }, LoadBalancerType> = false;
  t.false(compiles);
  const type: LoadBalancerType = JSON.parse('{ "type": "application", "crossZone": false }');
  t.is(
    await failure(() => balancer(type)),
    "hits.crossZone: false: must be true: an application load balancer without cross-zone balancing cannot reach addresses outside the VPC; set crossZone to true, or choose type: network",
  );
});

test.serial("a certificate of another Region is refused before AWS is asked", async (t) => {
  const elsewhere = certificateArn.replace("us-east-1", "eu-west-1");
  t.is(
    await failure(() => balancer({ ...network, tls: { ...tls, certificateArn: elsewhere } })),
    `error serializing property "certificateArn": hits.tls.certificateArn: ${elsewhere}: must be of us-east-1, the load balancer's Region; create one in us-east-1, also for a name that has one elsewhere`,
  );
});
