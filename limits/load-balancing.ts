/** What AWS takes of load balancers and their targets. */
import { isPrivate, privateRanges } from "./addresses.ts";
import { type Problem, problemIf } from "./problem.ts";

/** What differs between the two types of load balancer. */
export type LoadBalancerType =
  | {
      /** Network Load Balancer: TCP. */
      readonly type: "network";
      /** Every zone's address reaches every node. */
      readonly crossZone: boolean;
    }
  | {
      /** Application Load Balancer: HTTP. Needs subnets in two zones. */
      readonly type: "application";
      /** Without it an Application Load Balancer cannot reach addresses outside the VPC. */
      readonly crossZone: true;
    };

/** A name has at most 32 characters: we add `-lb`, and Pulumi a dash and seven random digits. */
const longestName = 32 - 8 - "-lb".length;

/** Why AWS would not take the name. */
export function balancerNameProblems(field: string, name: string): readonly Problem[] {
  return [
    ...problemIf(name.length > longestName, {
      field,
      value: `${name.length} characters`,
      rule: `must have at most ${longestName} characters: AWS takes 32, of which ${32 - longestName} are a suffix`,
      remedy: "choose a shorter name",
    }),
    ...problemIf(!/^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*$/.test(name), {
      field,
      value: name,
      rule: "must be letters, digits and dashes, and must not begin with internal-, which AWS keeps for itself",
      remedy: "choose another name",
    }),
  ];
}

/** What is wrong with an application load balancer without cross-zone balancing, and what to do. */
export const crossZoneText = {
  rule: "must be true: an application load balancer without cross-zone balancing cannot reach addresses outside the VPC",
  remedy: "set crossZone to true, or choose type: network",
} as const;

/** Why AWS would not take an application load balancer. */
export function balancerTypeProblems(
  name: string,
  { type, crossZone }: { readonly type: LoadBalancerType["type"]; readonly crossZone: boolean },
  zones: number,
): readonly Problem[] {
  if (type === "network") return [];
  return [
    // The type forbids it, but JavaScript and arguments that come from a file have no compiler.
    ...problemIf(!crossZone, {
      field: `${name}.crossZone`,
      value: String(crossZone),
      ...crossZoneText,
    }),
    ...problemIf(zones < 2, {
      field: `${name}.type`,
      value: type,
      rule: `must not be application with ${zones} zone${zones === 1 ? "" : "s"}: an application load balancer needs subnets in two`,
      remedy: "add a zone to the network, or choose type: network",
    }),
  ];
}

/** What says which ports clients connect to. */
interface ListenerPorts {
  readonly listenerPort?: number | undefined;
  readonly tls?:
    | { readonly certificateArn: unknown; readonly redirectFrom?: number | false | undefined }
    | undefined;
}

/** Returns the port that clients connect to: the given one, else HTTPS's own with TLS, and HTTP's without. */
export function listenerPortOf({ listenerPort, tls }: ListenerPorts): number {
  return listenerPort ?? (tls ? 443 : 80);
}

/** Returns the ports that clients connect to: the listener's, and the one that redirects to it. */
export function clientPortsOf(ports: ListenerPorts): readonly number[] {
  const from = ports.tls?.redirectFrom;
  return from ? [listenerPortOf(ports), from] : [listenerPortOf(ports)];
}

/** Why a port cannot redirect to the listener's. */
export function redirectProblems(name: string, ports: ListenerPorts): readonly Problem[] {
  const from = ports.tls?.redirectFrom;
  const another = "choose another port, or false for no redirect";
  return problemIf(from === listenerPortOf(ports), {
    field: `${name}.tls.redirectFrom`,
    value: String(from),
    rule: "must not be the port that it redirects to",
    // A listenerPort that HTTP had, most often.
    remedy: from === 443 ? another : "remove listenerPort, so that HTTPS has port 443",
  });
}

/**
 * The security policy that AWS recommends: TLS 1.3 and 1.2 with forward secrecy, and post-quantum keys for clients that
 * have them. Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
export const recommendedPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** Policies that begin with TLS 1.2 or 1.3; AWS's older ones, among them its API's default, take TLS 1.0. */
const modernPolicy = /^ELBSecurityPolicy-TLS13-1-[23]-([A-Za-z0-9]+-)*20\d\d-\d\d$/;

/** Why a security policy is not for a listener of today. */
export function securityPolicyProblems(field: string, policy: string): readonly Problem[] {
  return problemIf(!modernPolicy.test(policy), {
    field,
    value: policy,
    rule: "must be a policy of AWS's with TLS 1.2 or 1.3 only, ELBSecurityPolicy-TLS13-1-2-… or -1-3-…",
    remedy: `choose ${recommendedPolicy}, or remove the field`,
  });
}

/** Why an ARN does not name a certificate. */
export function certificateProblems(field: string, arn: string): readonly Problem[] {
  return problemIf(!/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(arn), {
    field,
    value: arn,
    rule: "must be the ARN of a certificate in AWS Certificate Manager",
    remedy: "write it as arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
  });
}

/** Why an ARN does not name a web ACL that a load balancer can have. */
export function webAclProblems(field: string, arn: string): readonly Problem[] {
  return problemIf(!/^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/.test(arn), {
    field,
    value: arn,
    rule: "must be the ARN of a regional web ACL of AWS WAF (not one of CloudFront, nor of WAF Classic)",
    remedy:
      "write it as arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/12345678-1234-1234-1234-123456789012",
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^(?!xn--|sthree-)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/;

/** Why S3 has no bucket of this name. */
export function bucketProblems(field: string, name: string): readonly Problem[] {
  return problemIf(!bucketName.test(name), {
    field,
    value: name,
    rule: "must be the name of a bucket: 3 to 63 of a-z, 0-9, dots and dashes, with a letter or digit at both ends",
    remedy: "write the name alone, without s3:// or an ARN before it",
  });
}

/**
 * Why access logs cannot have a prefix in their bucket.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export function logPrefixProblems(field: string, prefix: string): readonly Problem[] {
  return problemIf(prefix === "" || prefix.includes("AWSLogs") || /^\/|\/$|\/\//.test(prefix), {
    field,
    value: prefix,
    rule: "must be a path without a slash at its ends, and must not contain AWSLogs, which AWS appends",
    remedy: "write it as logs/web, or remove it",
  });
}

/** Why a load balancer would write no access logs. */
export function accessLogsProblems(
  name: string,
  { type, tls, accessLogs }: { readonly type: string; readonly tls?: unknown; readonly accessLogs?: unknown },
): readonly Problem[] {
  return problemIf(type === "network" && accessLogs !== undefined && tls === undefined, {
    field: `${name}.accessLogs`,
    value: "without tls",
    rule: "must not be there without tls: of a network load balancer, AWS logs connections with TLS only",
    remedy: "give it tls, or remove accessLogs",
  });
}

/** Why a load balancer cannot use a resource: each Region has its own. */
export function arnRegionProblems(field: string, arn: string, region: string): readonly Problem[] {
  const [, , service, place] = arn.split(":");
  return problemIf(place !== region, {
    field,
    value: arn,
    rule: `must be of ${region}, the load balancer's Region`,
    remedy: `create one in ${region}${service === "acm" ? ", also for a name that has one elsewhere" : ""}`,
  });
}

/** What a load balancer is that the internet can reach without TLS. */
export function plainTextProblems(
  name: string,
  { scheme, tls }: { readonly scheme: string; readonly tls?: unknown },
): readonly Problem[] {
  return problemIf(scheme === "internet-facing" && tls === undefined, {
    field: `${name}.tls`,
    value: "(missing)",
    rule: "must be there for TLS: without it, anybody on the way can read and change what the internet sends and gets",
    remedy: "give it the ARN of a certificate, or set scheme to internal",
  });
}

/**
 * Why AWS would not take an address, or those of a range, as targets outside the VPC.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html
 */
export function targetRangeProblems(field: string, addresses: string): readonly Problem[] {
  return problemIf(!isPrivate(addresses), {
    field,
    value: addresses,
    rule: `must lie in one of ${privateRanges.join(", ")}: AWS takes no other targets outside the VPC`,
    remedy: "give the site a private range",
  });
}
