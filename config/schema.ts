/**
 * What a user may say in `Pulumi.<stack>.yaml`, under the project's namespace. This file is the one source of the
 * types, the defaults, the reference documentation and the JSON Schema for editors (`npm run schema`).
 *
 * A rule about one field stands here; a rule that needs two fields stands in `rules.ts`.
 */
import { z } from "zod";

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be 1 to 31 of a-z, 0-9 and -, and start with a letter; rename it");

const ipv4 = z.ipv4("must be an IPv4 address such as 192.168.1.196");

const cidr = z.cidrv4("must be an IPv4 range such as 10.0.0.0/16");

const port = z.int().min(1).max(65535);

/** Text; YAML's `true` and `6379` count as the text they are written as. */
const text = z.union([z.string(), z.boolean(), z.number()]).transform(String);

/** Network of the VPC. */
export const network = z.strictObject({
  cidr: cidr.default("10.0.0.0/16").describe("The VPC's range, /16 to /24. Must not overlap the site."),
  zones: z
    .array(
      z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "must be an availability zone such as us-east-1a"),
    )
    .min(1)
    .max(6)
    .default(["us-east-1a", "us-east-1b"])
    .describe("Availability zones; each gets one private subnet (and one public one, if asked)."),
  publicSubnets: z
    .boolean()
    .default(false)
    .describe("Public subnets and an internet gateway; needed by an internet-facing load balancer."),
  natGateways: z
    .enum(["none", "single", "per-zone"])
    .default("none")
    .describe("NAT gateways for the private subnets. Each costs by the hour; needs publicSubnets."),
  flowLogs: z
    .strictObject({ retentionDays: z.int().positive().default(30).describe("How long they are kept.") })
    .optional()
    .describe("VPC flow logs to CloudWatch Logs. Off unless given."),
});

/** The on-prem network that is joined to the VPC. */
export const site = z.strictObject({
  cidr: cidr.describe("The site's range, for example 192.168.1.0/24."),
  publicAddress: ipv4.describe(
    "The address that AWS sees the site from: the static public address of its router.",
  ),
  gateway: name.describe("The host that carries the VPN, by its key in `hosts`."),
  converge: z
    .int()
    .nonnegative()
    .default(0)
    .describe(
      "Raise it by one to have every host looked at again: what was changed by hand there is mended.",
    ),
});

const ascending = (t: readonly number[]) => t.every((v, i) => i === 0 || v > (t[i - 1] ?? Infinity));

/** Fan of the official PoE HAT. */
export const fan = z.strictObject({
  overlay: z.enum(["rpi-poe", "rpi-poe-plus"]).describe("Device-tree overlay of the HAT."),
  celsius: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .default([68, 72, 76, 80])
    .refine(
      ascending,
      "must be four ascending temperatures in °C, such as [68, 72, 76, 80]; put them in order",
    )
    .describe("Temperatures at which the fan's four speeds begin, ascending, in °C."),
});

/** A host as a node of the ECS cluster. */
export const node = z.strictObject({
  attributes: z
    .record(
      z.string().regex(/^[A-Za-z0-9_./-]{1,128}$/, "an attribute's name has 1 to 128 of A-Z a-z 0-9 _ . / -"),
      text.pipe(
        z
          .string()
          .regex(
            /^[A-Za-z0-9_./@:\\ -]{1,128}$/,
            "an attribute's value has 1 to 128 of A-Z a-z 0-9 _ . / @ : \\ space -",
          ),
      ),
    )
    .default({})
    .describe('ECS instance attributes that services are placed by, for example {redis: "true"}.'),
  reinstalled: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Raise it by one after the host's system was reinstalled: a new activation is asked for."),
});

/** One machine of the site. */
export const host = z.strictObject({
  address: ipv4.describe("The host's static address; inside site.cidr."),
  user: z.string().min(1).default("pi").describe("The user to log in as; may use sudo without a password."),
  port: port.default(22).describe("TCP port of sshd."),
  hostKey: z
    .string()
    .regex(
      // No RSA: the provider would then offer nothing but SHA-1 signatures, which sshd refuses since OpenSSH 8.8.
      /^(ssh-ed25519|ecdsa-sha2-nistp256) [A-Za-z0-9+/]+={0,2}$/,
      "must be a public host key such as `ssh-ed25519 AAAA…`; run `npm run hostkeys -- STACK`",
    )
    .describe(
      "The host's public SSH key; connections to a host with another key are refused. `npm run hostkeys -- STACK` fills it in.",
    ),
  fan: fan.optional().describe("Only for hosts with the PoE HAT."),
  node: node.optional().describe("Present: this host is a node of the cluster. `{}` suffices."),
  dead: z
    .boolean()
    .default(false)
    .describe("The machine is gone. Nothing is sent to it any more, and a destroy does not wait for it."),
});

/** How the hosts are reached before the automation key is on them. */
export const ssh = z.strictObject({
  privateKey: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true })
    .describe("A person's private key (secret). Left out: the SSH agent is asked."),
});

const presharedKey = z
  .string()
  .regex(
    /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/,
    "must be 8 to 64 of A-Z a-z 0-9 . _ and not start with 0 (AWS's rule); choose another key",
  )
  .meta({ secret: true });

/** The Site-to-Site VPN. */
export const vpn = z.strictObject({
  format: z
    .enum(["ipsec.conf", "swanctl.conf"])
    .default("ipsec.conf")
    .describe("Which of strongSwan's two configuration formats the gateway gets."),
  dataPath: z
    .enum(["kernel", "userspace"])
    .default("kernel")
    .describe(
      "Who encrypts: the kernel (needs ESP), or charon itself (kernel-libipsec) where the kernel has no ESP.",
    ),
  presharedKeys: z
    .strictObject({
      tunnel1: presharedKey.describe("The first tunnel's key (secret)."),
      tunnel2: presharedKey.describe("The second tunnel's key (secret)."),
    })
    .optional()
    .meta({ secret: true })
    .describe("Own pre-shared keys (secret). Left out: AWS makes them."),
  insideCidrs: z
    .strictObject({
      tunnel1: cidr.default("169.254.10.0/30").describe("The first tunnel's range."),
      tunnel2: cidr.default("169.254.11.0/30").describe("The second tunnel's range."),
    })
    .prefault({})
    .describe("The /30 of 169.254.0.0/16 inside each tunnel."),
  logRetentionDays: z.int().positive().default(30).describe("How long the tunnels' logs are kept."),
  alarmTopicArn: z.string().startsWith("arn:").optional().describe("SNS topic told when a tunnel is down."),
});

/** How the official installer is trusted before it runs. */
export const installer = z.strictObject({
  url: z
    .url()
    .default("https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh")
    .describe("Where the installer comes from; its signature is at the same address with `.asc`."),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits; use `sha256sum ecs-anywhere-install.sh`")
    .optional()
    .describe("Pin the installer by its SHA-256. Left out: it must be signed by AWS's key."),
});

/** The ECS cluster and its nodes' agents. */
export const cluster = z.strictObject({
  containerInsights: z
    .enum(["enhanced", "enabled", "disabled"])
    .default("enabled")
    .describe("CloudWatch Container Insights; `enhanced` and `enabled` cost by the metric."),
  logRetentionDays: z
    .int()
    .positive()
    .default(30)
    .describe("How long ECS Exec sessions and services' logs are kept."),
  installer: installer.prefault({}).describe("AWS's ECS Anywhere installer."),
});

const reservedPorts = [22, 2375, 2376, 51678, 51679];
const hostPort = port.refine(
  (p) => !reservedPorts.includes(p),
  `must not be one of ${reservedPorts.join(", ")}, which sshd, Docker and the ECS agent use; choose another host port`,
);

const portMapping = z.strictObject({
  host: hostPort.describe("Fixed port on the node."),
  container: port.describe("Port inside the container."),
  protocol: z.enum(["tcp", "udp"]).default("tcp").describe("Load balancers reach TCP ports only."),
});

/** A container that ECS runs on the nodes. What launch type EXTERNAL cannot do has no field here. */
export const service = z.strictObject({
  image: z.string().min(1).describe("Container image, with its tag or digest."),
  command: z.array(z.string()).optional().describe("Instead of the image's own command, word by word."),
  memoryMiB: z
    .int()
    .min(6)
    .describe("Hard limit: the container is killed above it. Docker takes no less than 6."),
  cpuUnits: z.int().positive().default(128).describe("Share of CPU; 1024 is one core."),
  desiredCount: z
    .int()
    .nonnegative()
    .default(1)
    .describe("How many tasks run. With fixed host ports: at most one a node."),
  network: z
    .discriminatedUnion("mode", [
      z.strictObject({
        mode: z.literal("bridge"),
        ports: z.array(portMapping).default([]).describe("Which of the container's ports the node opens."),
      }),
      z.strictObject({
        mode: z.literal("host"),
        ports: z.array(hostPort).default([]).describe("Which of the node's ports the container listens on."),
      }),
      z.strictObject({ mode: z.literal("none") }),
    ])
    .prefault({ mode: "bridge" })
    .describe("How the containers meet the node's network. `awsvpc` does not exist outside AWS."),
  placement: z
    .strictObject({
      attributes: z
        .record(z.string(), text)
        .default({})
        .describe("Node attributes that all must match; empty: any node."),
      distinctInstance: z.boolean().default(false).describe("At most one task a node."),
    })
    .prefault({})
    .describe(
      "Nodes that may run it: those with all of these attributes; distinctInstance: one task a node.",
    ),
  volumes: z
    .record(
      name,
      z.strictObject({
        hostPath: z.string().startsWith("/").describe("Absolute path on the node; kept over restarts."),
        containerPath: z.string().startsWith("/").describe("Absolute path inside the container."),
        readOnly: z.boolean().default(false).describe("The container may not write there."),
      }),
    )
    .default({})
    .describe("Paths of the node inside the container, by a name of your choice."),
  environment: z
    .record(z.string(), text)
    .default({})
    .describe("Environment variables. Not for secrets: they can be read in the console."),
  secrets: z
    .record(z.string(), z.string().startsWith("/"))
    .default({})
    .describe("Environment variable → name of an SSM parameter, such as /hits/token."),
  healthCheck: z
    .strictObject({
      command: z.array(z.string()).min(1).describe("Run inside the container; exit status 0 means healthy."),
      intervalSeconds: z.int().min(5).max(300).default(30).describe("Time between two checks."),
      timeoutSeconds: z.int().min(2).max(60).default(5).describe("A check that takes longer has failed."),
      retries: z.int().min(1).max(10).default(3).describe("Failures in a row until it counts as unhealthy."),
      startPeriodSeconds: z
        .int()
        .min(0)
        .max(300)
        .default(0)
        .describe("Time to start, in which failures do not count."),
    })
    .optional()
    .describe("ECS replaces a container that is unhealthy. Left out: one that runs is taken as well."),
});

const anyLoadBalancer = z.strictObject({
  scheme: z
    .enum(["internal", "internet-facing"])
    .default("internal")
    .describe("`internet-facing` needs network.publicSubnets."),
  service: name.describe("The service behind it, by its key in `services`."),
  hostPort: hostPort.optional().describe("Which of the service's TCP host ports. Left out: its only one."),
  listenerPort: port.default(80).describe("Port that clients connect to."),
  allowFrom: z.array(cidr).default([]).describe("Who may connect, besides the VPC and the site."),
  healthCheck: z
    .strictObject({
      path: z
        .string()
        .startsWith("/")
        .optional()
        .describe("HTTP path. Left out: `/`, or for a network load balancer a TCP connection."),
      intervalSeconds: z.int().min(5).max(300).default(10).describe("Time between two checks of a node."),
      healthyThreshold: z
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe("Successes in a row until a node is used."),
      unhealthyThreshold: z
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe("Failures in a row until it no longer is."),
    })
    .prefault({})
    .describe("How the load balancer finds out which nodes answer."),
});

/** A load balancer in the VPC in front of a service on the nodes. */
export const loadBalancer = z.discriminatedUnion("type", [
  anyLoadBalancer.extend({
    type: z.literal("network").describe("`network` forwards TCP."),
    crossZone: z.boolean().default(true).describe("Every zone's address reaches every node."),
  }),
  anyLoadBalancer.extend({
    type: z.literal("application").describe("`application` understands HTTP and needs two zones."),
    crossZone: z
      .literal(true)
      .default(true)
      .describe("Always on: without it, no address outside the VPC can be reached."),
  }),
]);

/** The whole of a stack's configuration. */
export const hybridConfig = z.strictObject({
  network: network.prefault({}).describe("The VPC."),
  site: site.describe("The on-prem network that is joined to the VPC."),
  hosts: z.record(name, host).describe("The machines of the site, by a name of your choice."),
  ssh: ssh.prefault({}).describe("How the hosts are reached the first time."),
  vpn: vpn.prefault({}).describe("The Site-to-Site VPN."),
  cluster: cluster.prefault({}).describe("The ECS cluster and its nodes' agents."),
  services: z.record(name, service).default({}).describe("What runs on the nodes, by a name of your choice."),
  loadBalancers: z
    .record(name, loadBalancer)
    .default({})
    .describe("Load balancers in the VPC, by a name of your choice."),
});

export type HybridConfig = z.output<typeof hybridConfig>;
export type NetworkConfig = z.output<typeof network>;
export type SiteConfig = z.output<typeof site>;
export type HostConfig = z.output<typeof host>;
export type NodeConfig = z.output<typeof node>;
export type FanConfig = z.output<typeof fan>;
export type SshConfig = z.output<typeof ssh>;
export type VpnConfig = z.output<typeof vpn>;
export type InstallerConfig = z.output<typeof installer>;
export type ClusterConfig = z.output<typeof cluster>;
export type ServiceConfig = z.output<typeof service>;
export type LoadBalancerConfig = z.output<typeof loadBalancer>;
