/** Elastic Load Balancing v2: listeners. API reference: CreateListener. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { need } from "../shared/lookups.ts";
import { attributes } from "./attributes.ts";
import { checkTls } from "./listener-tls.ts";
import { loadBalancer } from "./load-balancer.ts";
import { targetGroup } from "./target-group.ts";

const protocols = { network: ["TCP", "UDP", "TCP_UDP", "TLS"], application: ["HTTP", "HTTPS"] } as const;

const inputs = z.strictObject({
  loadBalancerArn: z.string(),
  port: z.int().min(1).max(65535),
  protocol: oneOf(["TCP", "UDP", "TCP_UDP", "TLS", "HTTP", "HTTPS"]).default("HTTP"),
  defaultActions: z
    .array(
      z.strictObject({
        type: oneOf(["forward", "redirect"]),
        targetGroupArn: z.string().optional(),
        order: z.int().optional(),
        forward: z
          .strictObject({
            targetGroups: z.array(z.strictObject({ arn: z.string(), weight: z.int().optional() })).min(1),
          })
          .optional(),
        redirect: z
          .strictObject({
            statusCode: oneOf(["HTTP_301", "HTTP_302"]),
            protocol: oneOf(["HTTP", "HTTPS", "#{protocol}"]).default("#{protocol}"),
            host: z.string().default("#{host}"),
            port: z.string().default("#{port}"),
            path: z.string().default("/#{path}"),
            query: z.string().default("#{query}"),
          })
          .optional(),
      }),
    )
    .min(1),
  sslPolicy: z.string().optional(),
  certificateArn: z.string().optional(),
  tcpIdleTimeoutSeconds: z.int().min(60).max(6000).optional(),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

const listening = (given: Inputs) => ({
  Port: given.port,
  Protocol: given.protocol,
  SslPolicy: given.sslPolicy,
  Certificates: given.certificateArn && [{ CertificateArn: given.certificateArn }],
  DefaultActions: given.defaultActions.map(({ type, targetGroupArn, order, forward, redirect }) => ({
    Type: type,
    Order: order,
    TargetGroupArn: targetGroupArn,
    ForwardConfig: forward && {
      TargetGroups: forward.targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
    },
    RedirectConfig: redirect && {
      Protocol: redirect.protocol,
      Host: redirect.host,
      Port: redirect.port,
      Path: redirect.path,
      Query: redirect.query,
      StatusCode: redirect.statusCode,
    },
  })),
});

const timeouts = ({ tcpIdleTimeoutSeconds }: Inputs, { id }: { id: string }) =>
  tcpIdleTimeoutSeconds === undefined
    ? undefined
    : { ListenerArn: id, Attributes: attributes({ "tcp.idle_timeout.seconds": tcpIdleTimeoutSeconds }) };

export const listener = kind({
  type: "aws:lb/listener:Listener",
  api: ["Elastic Load Balancing v2", "Listener"],
  inputs,
  replaces: ["loadBalancerArn", "region"],
  holds: ["defaultActions", "certificateArn"],
  requests: {
    create: {
      CreateListener: (given) => ({
        LoadBalancerArn: given.loadBalancerArn,
        ...listening(given),
        Tags: keyValue(given.tags),
      }),
      ModifyListenerAttributes: timeouts,
    },
    read: {
      DescribeListeners: (_, { id }) => ({ ListenerArns: [id] }),
      DescribeListenerAttributes: (_, { id }) => ({ ListenerArn: id }),
      DescribeTags: (_, { id }) => ({ ResourceArns: [id] }),
    },
    update: {
      ModifyListener: (given, { id }) => ({ ListenerArn: id, ...listening(given) }),
      ModifyListenerAttributes: timeouts,
      ...retagged.elb,
    },
    delete: { DeleteListener: (_, { id }) => ({ ListenerArn: id }) },
  },
  create: (aws, given) => {
    checkListener(aws, given);
    const { loadBalancerArn, port } = given;
    checkPort(aws, loadBalancerArn, port);
    const arn = `${loadBalancerArn.replace(":loadbalancer/", ":listener/")}/${aws.ids.hex(16)}`;
    return { id: arn, outputs: { arn } };
  },
  update: (aws, l, given) => {
    // The provider keeps a policy that the program no longer gives (`Optional` and `Computed`), and sends it.
    checkListener(aws, { ...given, sslPolicy: given.sslPolicy ?? l.inputs.sslPolicy });
    const { loadBalancerArn, port } = given;
    checkPort(aws, loadBalancerArn, port, l.id);
    return l.outputs;
  },
});

function checkPort(aws: Account, loadBalancerArn: string, port: number, except?: string): void {
  const taken = listener
    .all(aws)
    .some((l) => l.id !== except && l.inputs.loadBalancerArn === loadBalancerArn && l.inputs.port === port);
  if (taken)
    throw new AwsError(
      "DuplicateListener",
      `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
      documented("Elastic Load Balancing API, CreateListener, errors: DuplicateListener"),
    );
}

interface Listened {
  readonly loadBalancerArn: string;
  readonly protocol: string;
  readonly sslPolicy?: string | undefined;
  readonly certificateArn?: string | undefined;
  readonly defaultActions: readonly {
    readonly type: string;
    readonly targetGroupArn?: string | undefined;
    readonly redirect?: { readonly protocol: string; readonly port: string } | undefined;
  }[];
}

function checkRedirect(protocol: string, to: { readonly protocol: string } | undefined): void {
  if (to === undefined)
    throw new AwsError("ValidationError", "A redirect action must have a redirect configuration", guessed);
  if (protocol !== "HTTP" && protocol !== "HTTPS")
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "The action type 'redirect' is not valid with network load balancer",
      documented("Elastic Load Balancing API, Action: Type"),
    );
  if (protocol === "HTTPS" && to.protocol === "HTTP")
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "You can't redirect HTTPS to HTTP",
      documented("Elastic Load Balancing API, RedirectActionConfig: Protocol"),
    );
}

function checkListener(aws: Account, given: Listened): void {
  const { loadBalancerArn, protocol } = given;
  const lb = need(
    aws,
    loadBalancer,
    loadBalancerArn,
    new AwsError(
      "LoadBalancerNotFound",
      "One or more load balancers not found",
      documented("Elastic Load Balancing API, CreateListener, errors: LoadBalancerNotFound"),
    ),
  );
  const usable: readonly string[] = protocols[lb.inputs.loadBalancerType];
  if (!usable.includes(protocol))
    throw new AwsError(
      "ValidationError",
      `Listener protocol '${protocol}' must be one of '${usable.join(", ")}'`,
      documented("Elastic Load Balancing API, CreateListener: Protocol"),
    );
  checkTls(aws, given);
  for (const { type, targetGroupArn, redirect } of given.defaultActions) {
    if (type === "redirect") {
      checkRedirect(protocol, redirect);
      continue;
    }
    if (targetGroupArn === undefined)
      throw new AwsError("ValidationError", "A target group ARN must be specified", guessed);
    const group = need(
      aws,
      targetGroup,
      targetGroupArn,
      new AwsError(
        "TargetGroupNotFound",
        `Target groups '${targetGroupArn}' not found`,
        documented("Elastic Load Balancing API, CreateListener, errors: TargetGroupNotFound"),
      ),
    );
    const layer7 = ["HTTP", "HTTPS"];
    if (layer7.includes(group.inputs.protocol) !== layer7.includes(protocol))
      throw new AwsError(
        "InvalidLoadBalancerAction",
        `Listener protocol '${protocol}' is not supported with a target group with the protocol '${group.inputs.protocol}'`,
        documented("Elastic Load Balancing API, CreateListener, errors: InvalidLoadBalancerAction"),
      );
    const other = listener
      .all(aws)
      .find(
        (l) =>
          l.inputs.loadBalancerArn !== loadBalancerArn &&
          l.inputs.defaultActions.some((a) => a.targetGroupArn === targetGroupArn),
      );
    if (other)
      throw new AwsError(
        "TargetGroupAssociationLimit",
        `The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`,
        reported("hashicorp/terraform-provider-aws#22005"),
      );
  }
}
