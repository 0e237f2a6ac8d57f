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
import { type Problem, problemIf, repetitions, throwIfAny } from "../../limits/problem.ts";
import { defined } from "../../records.ts";
import type { VpcNetwork } from "../network/vpc-network.ts";
import { unlessAbsent } from "../shared/absent.ts";
import { type AccessRule, accessGroup } from "../shared/access-group.ts";
import { type Location, providerLocation } from "../shared/location.ts";
import { tags } from "../shared/tags.ts";
import { endpointPolicy, type PolicyPlace } from "./endpoint-policies.ts";
import { addressesByZone } from "./interface-addresses.ts";

/** Arguments of {@link PrivateEndpoints}. */
export interface PrivateEndpointsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidrs: readonly string[];
  readonly siteCidrs: readonly string[];
  /** Private subnets by zone; each service has an address in each of them. */
  readonly subnets: Readonly<Record<string, { readonly id: pulumi.Input<string> }>>;
  readonly services: readonly EndpointService[];
  /** The VPC's gateway endpoint for S3. The interface endpoint of `s3` needs it as long as it exists. */
  readonly s3Gateway?: VpcNetwork["s3Gateway"];
  /** ARNs of SSM parameters and of secrets in Secrets Manager that services read; those of other accounts pass, too. */
  readonly secretArns?: readonly string[] | undefined;
  /** The path of these arguments in the stack file, for errors. Default: the component's name. */
  readonly field?: string | undefined;
}

/** One service's endpoint. */
export interface PrivateEndpoint {
  readonly id: pulumi.Output<string>;
  /** In the order of `subnets`. */
  readonly addresses: pulumi.Output<readonly string[]>;
}

/**
 * AWS services at private addresses of the VPC: an interface endpoint for each, with private DNS, which admits HTTPS
 * from the VPC and the site only, and lets only this account's requests to this account's resources pass, where the
 * service takes a policy. S3's private name is only for queries through an inbound resolver; the VPC itself uses the
 * gateway endpoint, which costs nothing.
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
  /** The resources that a node needs to reach the services. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws RunError when a service is missing in the Region or in a zone, or S3 has no gateway endpoint */
  constructor(name: string, args: PrivateEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:private-connectivity:PrivateEndpoints", name, {}, opts);
    const field = args.field ?? name;
    throwIfAny(argsProblems(field, args));
    const location = providerLocation(this);
    const group = accessGroup(this, name, {
      vpcId: args.vpcId,
      description: `Who may connect to the endpoints ${name}`,
      rules: [...new Set([...args.vpcCidrs, ...args.siteCidrs])].map(https),
    });
    const offers = this.#lookUpAll(field, args, location);
    const created = args.services.map((service) => {
      const role = `${name}-${service}`;
      const offer = offers.apply((all) => all[service]);
      const isS3 = service === "s3";
      const endpoint = new VpcEndpoint(
        role,
        {
          vpcId: args.vpcId,
          vpcEndpointType: "Interface",
          serviceName: offer.serviceName,
          subnetIds: Object.values(args.subnets).map(({ id }) => id),
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          policy: offer.policy,
          ...defined({
            dnsOptions: isS3 ? { privateDnsOnlyForInboundResolverEndpoint: true } : undefined,
          }),
          tags: tags(role),
        },
        {
          parent: this,
          // The VPC has one endpoint with a private DNS name, so a replacement cannot come before the deletion.
          deleteBeforeReplace: true,
          // Waiting for the gateway endpoint also keeps it until the interface endpoint is gone; AWS requires both.
          ...defined({
            dependsOn: isS3 && pulumi.Resource.isInstance(args.s3Gateway) ? args.s3Gateway : undefined,
          }),
        },
      );
      return { service, endpoint };
    });
    this.ready = [...group.ready, ...created.map(({ endpoint }) => endpoint)];
    this.endpoints = Object.fromEntries(
      created.map(({ service, endpoint }) => [
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

  /**
   * Looks all services up, by service. Where one is unavailable, it fails with all problems, so that no endpoint is
   * created.
   */
  #lookUpAll(field: string, { services, subnets, secretArns }: PrivateEndpointsArgs, location: Location) {
    const { partition, region, accountId } = location;
    return pulumi.all([partition, region, accountId]).apply(async ([partition, region, accountId]) => {
      const place = { partition, region, accountId };
      const found = await Promise.all(
        services.map(async (service) => [service, await this.#lookUpService(service, place)] as const),
      );
      throwIfAny(found.flatMap(([service, offer]) => offerProblems(field, service, offer, place, subnets)));
      return Object.fromEntries(
        found.map(([service, offer]) => [
          service,
          {
            serviceName: serviceNameOf(service, region),
            policy: offer?.vpcEndpointPolicySupported
              ? endpointPolicy(service, place, secretArns)
              : undefined,
          },
        ]),
      ) as Readonly<Record<EndpointService, Offer>>;
    });
  }

  /** Asks AWS for the endpoint service; undefined if the Region has none. */
  async #lookUpService(service: EndpointService, { region }: PolicyPlace) {
    const serviceName = serviceNameOf(service, region);
    return await unlessAbsent(() =>
      getVpcEndpointService({ serviceName, serviceType: "Interface" }, { parent: this }),
    );
  }
}

/** The values from which an endpoint is created. */
interface Offer {
  readonly serviceName: string;
  /** Undefined if the service takes no policy. */
  readonly policy: string | undefined;
}

function https(cidr: string): AccessRule {
  return { role: `from-${cidr}`, direction: "from", cidr, protocol: "tcp", port: 443 };
}

function argsProblems(
  name: string,
  { services, subnets, s3Gateway }: PrivateEndpointsArgs,
): readonly Problem[] {
  return [
    ...repetitions(`${name}.services`, services),
    ...problemIf(Object.keys(subnets).length === 0, {
      field: `${name}.subnets`,
      value: "(none)",
      rule: "must have one subnet or more, for the endpoints' addresses",
      remedy: "name a zone",
    }),
    ...problemIf(services.includes("s3") && !s3Gateway, {
      field: `${name}.s3Gateway`,
      value: "(missing)",
      rule: "must be given with s3 among the services: only beside a gateway endpoint, AWS gives S3's interface endpoint its private DNS name",
      remedy: "add a gateway endpoint to the VPC and name it here, or remove s3 from the services",
    }),
  ];
}

function offerProblems(
  field: string,
  service: EndpointService,
  offer: { readonly availabilityZones?: readonly string[] } | undefined,
  { region }: PolicyPlace,
  subnets: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  if (!offer) {
    return [
      {
        field: `${field}.services`,
        value: service,
        rule: `must have interface endpoints in ${region}: AWS has no ${serviceNameOf(service, region)} there`,
        remedy:
          service === "ec2messages"
            ? "remove it, since the agent of Systems Manager uses ssmmessages there"
            : "remove it, or choose another aws:region",
      },
    ];
  }
  // In GovCloud, AWS names no zones.
  const { availabilityZones: offered = [] } = offer;
  const lacking = offered.length > 0 ? Object.keys(subnets).filter((zone) => !offered.includes(zone)) : [];
  return problemIf(lacking.length > 0, {
    field: `${field}.zones`,
    value: lacking.join(", "),
    rule: `must be zones where ${service} has endpoints (${offered.toSorted().join(", ")})`,
    remedy: "name only zones where all of the services are",
  });
}
