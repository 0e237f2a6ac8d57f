/** Refusals of a VPC that is too small for what the stack puts into it. */
import { base, refused, web } from "../stack.ts";

const small = { cidr: "10.0.0.0/24" };
const resolver = { inbound: {}, outbound: { forward: { "home.arpa": ["192.168.1.1"] } } };
const balancer = { service: "web", scheme: "internal", listenerPort: 80 };

refused([
  [
    "endpoints, resolvers and a load balancer in subnets of /28",
    {
      ...base,
      network: small,
      privateEndpoints: {},
      resolver,
      services: { web },
      loadBalancers: { front: { ...balancer, type: "network" } },
    },
    "network.cidr: 10.0.0.0/24: must give each private subnet 20 addresses for 10 endpoints, 2 resolver addresses, 1 network load balancer (8): a /28 has 11; choose a range of /23 or wider, or remove some of them",
  ],
  [
    "an application load balancer in subnets of /28",
    {
      ...base,
      network: small,
      services: { web },
      loadBalancers: { front: { ...balancer, type: "application" } },
    },
    "network.cidr: 10.0.0.0/24: must give each private subnet a range of /27 or wider for an application load balancer, not a /28; choose a range of /23 or wider, or remove some of them",
  ],
  [
    "internet-facing load balancers and a NAT gateway in public subnets of /27",
    {
      ...base,
      network: { cidr: "10.0.0.0/23", publicSubnets: true, natGateways: "single" },
      services: { web },
      loadBalancers: Object.fromEntries(
        ["one", "two", "three", "four"].map((name) => [
          name,
          { ...balancer, type: "application", scheme: "internet-facing" },
        ]),
      ),
    },
    "network.cidr: 10.0.0.0/23: must give each public subnet 33 addresses for 4 application load balancers (32), 1 NAT gateway: a /27 has 27; choose a range of /22 or wider, or remove some of them",
  ],
]);
