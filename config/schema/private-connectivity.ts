import { z } from "zod";
import {
  agentServices,
  type EndpointService,
  endpointServices,
} from "../../limits/private-connectivity/endpoint-services.ts";
import { ipv4, retentionDays, wording, zone } from "./values.ts";

const names = Object.keys(endpointServices) as [EndpointService, ...EndpointService[]];

/** The services that nodes need. Agents of Systems Manager since 3.3.40.0 do not use ec2messages. */
const usual = agentServices.filter((service) => service !== "ec2messages");

/** Interface endpoints (AWS PrivateLink) in the VPC: one per service, each with an address in every zone. */
export const privateEndpoints = z.strictObject({
  services: z
    .array(z.enum(names))
    .min(1)
    .default(usual)
    .describe("AWS services that get an endpoint. Each costs by the hour and zone; `npm run cost` shows it."),
  zones: z
    .array(zone)
    .min(1)
    .optional()
    .describe("Zones of network.zones in which they have addresses. Default: all of them."),
});

/** Route 53 Resolver: names of the VPC for the site, and names of the site for the VPC. */
export const resolver = z.strictObject({
  inbound: z
    .strictObject({
      addresses: z
        .record(zone, ipv4)
        .optional()
        .describe(
          "A fixed address in each zone, by zone. Default: AWS chooses one in each of network.zones.",
        ),
      queryLogs: z
        .strictObject({ retentionDays: retentionDays.describe("Days that they are kept.") })
        .optional()
        .describe("The VPC's DNS queries in CloudWatch Logs. Default: off."),
    })
    .optional()
    .describe("Answers the site's queries for names that AWS resolves privately. Needs two zones."),
  outbound: z
    .strictObject({
      forward: z
        .record(
          z
            .string()
            .regex(
              /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
              wording("must be a domain in lower case, without a dot at its end", "write it as home.arpa"),
            ),
          z.array(ipv4).min(1),
        )
        .describe("Domain → addresses of the site's DNS servers, such as {home.arpa: [192.168.1.1]}."),
    })
    .optional()
    .describe("Forwards queries for the site's own names to the site's DNS servers. Needs two zones."),
});
