import { getVpcEndpointService } from "@pulumi/aws/ec2/getVpcEndpointService.js";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
import * as pulumi from "@pulumi/pulumi";
import {
  agentServices,
  type EndpointName,
  type EndpointService,
  namesOf,
  serviceNameOf,
} from "../../limits/private-connectivity/endpoint-services.ts";
import { namedOnce, type Problem, problemIf, throwIfAny } from "../../limits/problem.ts";
import { type AccessRule, accessGroup } from "../shared/access-group.ts";
import { type Location, providerLocation } from "../shared/location.ts";
import { tags } from "../shared/tags.ts";
import { endpointPolicy } from "./endpoint-policies.ts";
import { addressesByZone } from "./interface-addresses.ts";

/** Arguments of {@link PrivateEndpoints}. */
export interface PrivateEndpointsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  readonly siteCidr: string;
  /** Private subnets by zone; each service has an address in each of them. */
  readonly subnets: Readonly<Record<string, { readonly id: pulumi.Input<string> }>>;
  readonly services: readonly EndpointService[];
  /** The VPC's gateway endpoint for S3: `s3` among the services needs it, before it comes and until it is gone. */
  readonly s3Gateway?: pulumi.Resource | undefined;
  /** Where the user wrote these arguments, for errors. Left out: the component's name. */
  readonly field?: string | undefined;
}

/** One service's endpoint. */
export interface PrivateEndpoint {
  readonly id: pulumi.Output<string>;
  /** In the order of `subnets`. */
  readonly addresses: pulumi.Output<readonly string[]>;
}

/**
 * AWS services at private addresses of the VPC: an interface endpoint for each, with private DNS, which admits HTTPS from
 * the VPC and the site only, and lets only this account's requests to this account's resources pass, where the service
 * takes a policy. S3's private name is for those who ask by an inbound resolver; the VPC itself keeps to the gateway
 * endpoint, which costs nothing.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html,
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html#private-dns-s3
 */
export class PrivateEndpoints extends pulumi.ComponentResource {
  /** By service, in the order of `services`. */
  readonly endpoints: Readonly<Record<string, PrivateEndpoint>>;
  /** Every name that nodes may use, in the order of the services. */
  readonly names: pulumi.Output<readonly EndpointName[]>;
  /** What must exist before a node can reach the services. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws RunError when the Region lacks a service, a zone lacks it, or S3 has no gateway endpoint */
  constructor(name: string, args: PrivateEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:private-connectivity:PrivateEndpoints", name, {}, opts);
    const field = args.field ?? name;
    throwIfAny(problemsOf(field, args));
    const location = providerLocation(this);
    const group = accessGroup(this, name, {
      vpcId: args.vpcId,
      description: `Who may connect to the endpoints ${name}`,
      rules: [https("vpc", args.vpcCidr), https("site", args.siteCidr)],
    });
    const offers = args.services.map((service) => ({
      service,
      offer: this.#offer(field, service, args, location),
    }));
    // Where one is lacking, none is made.
    const complete = pulumi
      .all(offers.map(({ offer }) => offer))
      .apply((all) => throwIfAny(all.flatMap(({ problems }) => problems)));
    const made = offers.map(({ service, offer }) => {
      const role = `${name}-${service}`;
      const { serviceName, policy } = pulumi.all([offer, complete]).apply(([found]) => found);
      const isS3 = service === "s3";
      const endpoint = new VpcEndpoint(
        role,
        {
          vpcId: args.vpcId,
          vpcEndpointType: "Interface",
          serviceName,
          subnetIds: Object.values(args.subnets).map(({ id }) => id),
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          policy,
          ...(isS3 ? { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: true } } : {}),
          tags: tags(role),
        },
        // Waiting for the gateway also keeps it until the interface endpoint is gone: AWS insists on both.
        { parent: this, ...(isS3 && args.s3Gateway ? { dependsOn: args.s3Gateway } : {}) },
      );
      return { service, endpoint };
    });
    this.ready = [...group.ready, ...made.map(({ endpoint }) => endpoint)];
    this.endpoints = Object.fromEntries(
      made.map(({ service, endpoint }) => [
        service,
        {
          id: endpoint.id,
          addresses: addressesByZone(
            args.subnets,
            endpoint.subnetConfigurations.apply((all) =>
              all.map(({ subnetId, ipv4 }) => ({ subnetId, address: ipv4 })),
            ),
          ),
        },
      ]),
    );
    const services = [...new Set([...agentServices, ...args.services])];
    this.names = pulumi
      .all([location.region, location.accountId, this.endpoints])
      .apply(([region, accountId, endpoints]) =>
        services.flatMap((service) =>
          namesOf(service, { region, accountId }).map((name) => ({
            name,
            service,
            addresses: endpoints[service]?.addresses,
          })),
        ),
      );
    this.registerOutputs({ endpoints: this.endpoints });
  }

  /** What AWS offers of a service here, and why that does not do. */
  #offer(field: string, service: EndpointService, { subnets }: PrivateEndpointsArgs, location: Location) {
    const asked = pulumi.all([location.partition, location.region, location.accountId]);
    return asked.apply(async ([partition, region, accountId]) => {
      const serviceName = serviceNameOf(service, region);
      const found = await getVpcEndpointService(
        { serviceName, serviceType: "Interface" },
        { parent: this },
      ).catch((error: unknown) => {
        if (isAbsent(error)) return undefined;
        throw error;
      });
      const problems = found
        ? // GovCloud says no more of a service than its name.
          zonesProblems(field, service, Object.keys(subnets), found.availabilityZones ?? [])
        : [absent(field, service, region)];
      const policy = found?.vpcEndpointPolicySupported
        ? endpointPolicy(service, { partition, region, accountId })
        : undefined;
      return { serviceName, policy, problems };
    });
  }
}

function https(from: "vpc" | "site", cidr: string): AccessRule {
  return { role: `from-${from}`, direction: "from", cidr, protocol: "tcp", port: 443 };
}

function problemsOf(
  name: string,
  { services, subnets, s3Gateway }: PrivateEndpointsArgs,
): readonly Problem[] {
  return [
    ...namedOnce(`${name}.services`, services),
    ...problemIf(Object.keys(subnets).length === 0, {
      field: `${name}.subnets`,
      value: "(none)",
      rule: "an endpoint has its addresses in subnets",
      remedy: "name one zone at least",
    }),
    ...problemIf(services.includes("s3") && !s3Gateway, {
      field: `${name}.s3Gateway`,
      value: "(missing)",
      rule: "AWS gives S3's interface endpoint its private DNS name only beside a gateway endpoint",
      remedy: "give the VPC one and name it here, or leave s3 out of the services",
    }),
  ];
}

/** As terraform-provider-aws says it, by name and by filter, and as EC2 does. */
function isAbsent(error: unknown): boolean {
  return /couldn't find resource|no matching EC2 VPC Endpoint Service|InvalidServiceName/.test(String(error));
}

function absent(field: string, service: EndpointService, region: string): Problem {
  return {
    field: `${field}.services`,
    value: service,
    rule: `${region} has no ${serviceNameOf(service, region)} with interface endpoints`,
    remedy:
      service === "ec2messages"
        ? "leave it out: the agent of Systems Manager uses ssmmessages there"
        : "leave it out, or choose another aws:region",
  };
}

/** @param there the zones that AWS names; none where it does not say */
function zonesProblems(
  field: string,
  service: EndpointService,
  zones: readonly string[],
  there: readonly string[],
): readonly Problem[] {
  const lacking = there.length > 0 ? zones.filter((zone) => !there.includes(zone)) : [];
  return problemIf(lacking.length > 0, {
    field: `${field}.zones`,
    value: lacking.join(", "),
    rule: `${service} has endpoints in ${there.toSorted().join(", ")} only`,
    remedy: "name only zones that all of the services are in",
  });
}
