/** Listeners: TLS and redirects. What else load balancers are refused is in refusals-network.test.ts. */
import test from "ava";
import { Account, importedCertificate } from "./account.ts";
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
];
refuses(cases);

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
