/** TLS, redirects, access logs, web ACLs. What else load balancers are refused is in refusals-network.test.ts. */
import test from "ava";
import { Account, importedCertificate, logPolicy } from "./account.ts";
import { type Case, messageOf, refuses } from "./refusal.ts";

const policy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** Makes a load balancer; returns what a listener on port 443 needs. */
function balancer(a: Account, type: "network" | "application") {
  const { vpcId, subnets } = a.network();
  const loadBalancerArn = a.make("loadBalancer", {
    name: "web",
    internal: true,
    loadBalancerType: type,
    subnets,
  });
  const targetGroupArn = a.make("targetGroup", {
    name: "web",
    port: 8080,
    protocol: type === "network" ? "TCP" : "HTTP",
    targetType: "ip",
    vpcId,
  });
  return { loadBalancerArn, port: 443, defaultActions: [{ type: "forward", targetGroupArn }] };
}

const https = (a: Account, more: object = {}) => ({
  ...balancer(a, "application"),
  protocol: "HTTPS",
  sslPolicy: policy,
  certificateArn: importedCertificate(a.aws),
  ...more,
});

/** What associates a web ACL with a load balancer. */
const associated = (a: Account, type: "network" | "application") => ({
  resourceArn: balancer(a, type).loadBalancerArn,
  webAclArn: a.make("webAcl", { name: "web", scope: "REGIONAL" }),
});

const redirect = { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" };

const cases: Case[] = [
  [
    "HTTPS without a certificate",
    (a) => a.make("listener", { ...balancer(a, "application"), protocol: "HTTPS" }),
    "api error ValidationError: A certificate must be specified for HTTPS listeners",
  ],
  [
    "a certificate of another Region",
    (a) =>
      a.make("listener", https(a, { certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1" })),
    "api error CertificateNotFound: Certificate 'arn:aws:acm:eu-west-1:123456789012:certificate/1' not found",
  ],
  [
    "a security policy that AWS does not have",
    (a) => a.make("listener", https(a, { sslPolicy: "modern" })),
    "api error SSLPolicyNotFound: SSL policy 'modern' not found",
  ],
  [
    "a security policy without TLS",
    (a) => a.make("listener", { ...balancer(a, "network"), protocol: "TCP", sslPolicy: policy }),
    "api error ValidationError: An SSL policy cannot be specifed for TCP listeners",
  ],
  [
    "a redirect by a network load balancer",
    (a) =>
      a.make("listener", {
        ...balancer(a, "network"),
        protocol: "TCP",
        defaultActions: [{ type: "redirect", redirect }],
      }),
    "api error InvalidLoadBalancerAction: The action type 'redirect' is not valid with network load balancer",
  ],
  [
    "a redirect from HTTPS to HTTP",
    (a) =>
      a.make(
        "listener",
        https(a, { defaultActions: [{ type: "redirect", redirect: { ...redirect, protocol: "HTTP" } }] }),
      ),
    "api error InvalidLoadBalancerAction: You can't redirect HTTPS to HTTP",
  ],
  [
    "access logs in a bucket that does not let AWS write",
    (a) => {
      a.make("bucket", { bucket: "logs" });
      const { subnets } = a.network();
      a.make("loadBalancer", {
        name: "web",
        internal: true,
        subnets,
        accessLogs: { bucket: "logs", enabled: true },
      });
    },
    "api error InvalidConfigurationRequest: Access Denied for bucket: logs. Please check S3bucket permission",
  ],
  [
    "a web ACL that does not exist",
    (a) => a.make("webAclAssociation", { ...associated(a, "application"), webAclArn: "arn:aws:wafv2:x" }),
    "api error WAFNonexistentItemException: AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
  ],
];
refuses(cases);

test("a web ACL is for application load balancers", (t) => {
  const a = new Account();
  t.regex(
    messageOf(t.throws(() => a.make("webAclAssociation", associated(a, "network")))),
    /^api error WAFInvalidParameterException: Error reason: The ARN isn't valid\..*:loadbalancer\/net\/web\//,
  );
});

test("a second web ACL takes the place of the first, and deleting the first's association removes it", (t) => {
  const a = new Account();
  const first = associated(a, "application");
  const id = a.make("webAclAssociation", first);
  const webAclArn = a.make("webAcl", { name: "other", scope: "REGIONAL" });
  a.make("webAclAssociation", { ...first, webAclArn });
  a.drop("webAcl", first.webAclArn);
  a.aws.delete("aws:wafv2/webAclAssociation:WebAclAssociation", id, first);
  t.deepEqual(a.aws.resources("aws:wafv2/webAclAssociation:WebAclAssociation"), []);
});

test("access logs whose settings are gone go on: the provider sees no change", (t) => {
  const a = new Account();
  a.make("bucket", { bucket: "logs", policy: logPolicy("logs") });
  const { subnets } = a.network();
  const given = { name: "web", internal: true, loadBalancerType: "application", subnets };
  const type = "aws:lb/loadBalancer:LoadBalancer";
  const id = a.make("loadBalancer", { ...given, accessLogs: { bucket: "logs", enabled: true } });
  t.false(a.aws.diff(type, id, {}, given).changes);
  t.true(a.aws.diff(type, id, {}, { ...given, accessLogs: { bucket: "", enabled: false } }).changes);
});

test("a listener that loses TLS in place keeps its security policy, which AWS refuses", (t) => {
  const a = new Account();
  const given = https(a);
  const id = a.make("listener", given);
  const { sslPolicy: _, certificateArn: __, ...plain } = { ...given, protocol: "HTTP" };
  t.is(
    messageOf(t.throws(() => a.aws.update("aws:lb/listener:Listener", id, {}, plain))),
    "api error ValidationError: An SSL policy cannot be specifed for HTTP listeners",
  );
});

test("a listener moves to no port that another has", (t) => {
  const a = new Account();
  const given = https(a);
  a.make("listener", given);
  const id = a.make("listener", { ...given, port: 8443 });
  t.is(
    messageOf(t.throws(() => a.aws.update("aws:lb/listener:Listener", id, {}, given))),
    `api error DuplicateListener: A listener already exists on this port for this load balancer '${given.loadBalancerArn}'`,
  );
});

test("a certificate is not deleted while a listener has it", (t) => {
  const a = new Account();
  const { certificateArn, ...given } = https(a);
  a.make("listener", { ...given, certificateArn });
  t.is(
    messageOf(t.throws(() => a.drop("certificate", certificateArn))),
    `api error ResourceInUseException: Certificate ${certificateArn} is in use`,
  );
});
