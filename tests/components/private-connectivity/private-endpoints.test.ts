import test from "ava";
import { Network } from "../../../components/network/network.ts";
import type { EndpointService } from "../../../limits/private-connectivity/endpoint-services.ts";
import { failureOf, type MockOptions, valueOfOutput, withAws } from "../../support/mocks.ts";
import { built, failure, tagged } from "../cloud.ts";
import { endpoints, endpointsIn, zones } from "./endpoints.ts";

const usual: EndpointService[] = [
  "ecs-agent",
  "ecs-telemetry",
  "ecs",
  "ssm",
  "ssmmessages",
  "ecr.api",
  "ecr.dkr",
  "s3",
  "logs",
];

test.serial("an endpoint for each service, behind one security group", async (t) => {
  const { names, children } = await built(() => endpoints(usual));
  t.deepEqual(
    names.filter((name) => name.includes(" private-")),
    [
      "SecurityGroup private-access",
      "SecurityGroupIngressRule private-from-10.0.0.0/16",
      "SecurityGroupIngressRule private-from-192.168.1.0/24",
      "VpcEndpoint private-ecr.api",
      "VpcEndpoint private-ecr.dkr",
      "VpcEndpoint private-ecs",
      "VpcEndpoint private-ecs-agent",
      "VpcEndpoint private-ecs-telemetry",
      "VpcEndpoint private-logs",
      "VpcEndpoint private-s3",
      "VpcEndpoint private-ssm",
      "VpcEndpoint private-ssmmessages",
    ],
  );
  const own = children.filter(({ name }) => name.startsWith("private-"));
  t.true(
    own.every(({ parent }) => parent.endsWith("::hybrid:private-connectivity:PrivateEndpoints::private")),
  );
});

test.serial("an endpoint has exactly what AWS needs", async (t) => {
  const { child } = await built(() => endpoints(["ecs-agent"]));
  const subnetIds = zones.map((zone) => child("Subnet", `home-private-${zone}`).id);
  t.deepEqual(child("VpcEndpoint", "private-ecs-agent").inputs, {
    vpcId: child("Vpc", "home-vpc").id,
    vpcEndpointType: "Interface",
    serviceName: "com.amazonaws.us-east-1.ecs-agent",
    subnetIds,
    securityGroupIds: [child("SecurityGroup", "private-access").id],
    privateDnsEnabled: true,
    tags: tagged("private-ecs-agent"),
  });
});

test.serial("a replaced endpoint hands its private name over: the old one goes first", async (t) => {
  const { child } = await built(() => endpoints(["ssm"]));
  t.true(child("VpcEndpoint", "private-ssm").deleteBeforeReplace);
});

test.serial("a range that the VPC gets from the site, or that both have, keeps its one rule", async (t) => {
  const rules = async (siteCidrs: readonly string[], vpcCidrs: readonly string[]) =>
    (await built(() => endpoints(["ssm"], { siteCidrs, vpcCidrs }))).names.filter((name) =>
      name.startsWith("SecurityGroupIngressRule"),
    );
  const [site, vpc, moved] = ["192.168.1.0/24", "10.0.0.0/16", "100.64.0.0/16"];
  const before = await rules([site, moved], [vpc]);
  t.is(before.length, 3);
  t.deepEqual(await rules([site], [vpc, moved]), before);
  t.deepEqual(await rules([site, moved], [vpc, moved]), before);
});

test.serial("a second range of the site or of the VPC is let in by a rule of its own", async (t) => {
  const { names } = await built(() =>
    endpoints(["ssm"], {
      siteCidrs: ["192.168.1.0/24", "192.168.2.0/24"],
      vpcCidrs: ["10.0.0.0/16", "100.64.0.0/16"],
    }),
  );
  t.deepEqual(
    names.filter((name) => name.startsWith("SecurityGroupIngressRule")),
    ["10.0.0.0/16", "100.64.0.0/16", "192.168.1.0/24", "192.168.2.0/24"].map(
      (range) => `SecurityGroupIngressRule private-from-${range}`,
    ),
  );
});

test.serial("refused: more ranges than a security group has rules for", async (t) => {
  const siteCidrs = Array.from({ length: 60 }, (_, i) => `192.168.${i}.0/24`);
  t.is(
    await failure(() => endpoints(["ssm"], { siteCidrs })),
    "private: 61 rules: must need at most 60 rules: a security group takes no more in one direction; name fewer ranges, wider ones",
  );
});

test.serial("HTTPS is let in from the VPC and the site only, and nothing out", async (t) => {
  const { child, names } = await built(() => endpoints(["ssm"]));
  for (const cidrIpv4 of ["10.0.0.0/16", "192.168.1.0/24"]) {
    t.deepEqual(child("SecurityGroupIngressRule", `private-from-${cidrIpv4}`).inputs, {
      securityGroupId: child("SecurityGroup", "private-access").id,
      cidrIpv4,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      tags: tagged(`private-from-${cidrIpv4}`),
    });
  }
  t.false(names.some((name) => name.startsWith("SecurityGroupEgressRule")));
  t.is(child("SecurityGroup", "private-access").inputs.egress, undefined);
});

test.serial("S3's private name is for inbound resolvers, and waits for the gateway endpoint", async (t) => {
  const { child } = await built(() => endpoints(["s3", "ssm"]));
  const { inputs, dependencies } = child("VpcEndpoint", "private-s3");
  t.deepEqual(inputs.dnsOptions, { privateDnsOnlyForInboundResolverEndpoint: true });
  t.true(dependencies.includes(child("VpcEndpoint", "home-s3").urn));
  const ssm = child("VpcEndpoint", "private-ssm");
  t.is(ssm.inputs.dnsOptions, undefined);
  t.false(ssm.dependencies.includes(child("VpcEndpoint", "home-s3").urn));
});

test.serial("addresses come in the order of the zones, names are those that nodes ask for", async (t) => {
  const { component, child } = await built(() => endpoints(["ecs-agent", "ecr.dkr"]));
  t.deepEqual(Object.keys(component.endpoints), ["ecs-agent", "ecr.dkr"]);
  const { "ecs-agent": agent, "ecr.dkr": ecr } = component.endpoints;
  if (!agent || !ecr) return t.fail();
  t.is(await valueOfOutput(agent.id), child("VpcEndpoint", "private-ecs-agent").id);
  // The simulated AWS, like the real one, lists them in another order.
  const [first, second] = await valueOfOutput(agent.addresses);
  t.regex(first ?? "", /^10\.0\.0\.\d+$/);
  t.regex(second ?? "", /^10\.0\.16\.\d+$/);
  const names = await valueOfOutput(component.names);
  const of = (wanted: string) =>
    names.filter(({ service }) => service === wanted).map(({ name, addresses }) => [name, addresses]);
  t.deepEqual(of("ecs-agent"), [["ecs-a.us-east-1.amazonaws.com", [first, second]]]);
  t.deepEqual(of("ecr.dkr"), [
    ["123456789012.dkr.ecr.us-east-1.amazonaws.com", await valueOfOutput(ecr.addresses)],
  ]);
  // A name that nodes may need is listed even without an endpoint.
  t.deepEqual(of("ec2messages"), [["ec2messages.us-east-1.amazonaws.com", undefined]]);
  t.deepEqual(of("kms"), [["kms.us-east-1.amazonaws.com", undefined]]);
  t.deepEqual(of("sts"), []);
});

test.serial("`ready` has the endpoints and the rules that let nodes in", async (t) => {
  const { component, child } = await built(() => endpoints(["ssm"]));
  t.deepEqual(
    (await Promise.all(component.ready.map(({ urn }) => valueOfOutput(urn)))).toSorted(),
    [
      child("VpcEndpoint", "private-ssm").urn,
      child("SecurityGroupIngressRule", "private-from-192.168.1.0/24").urn,
      child("SecurityGroupIngressRule", "private-from-10.0.0.0/16").urn,
    ].toSorted(),
  );
});

const refused: [title: string, build: () => unknown, message: string, options?: MockOptions][] = [
  [
    "a service that the Region lacks",
    () => endpoints(["kms"]),
    "private.services: kms: must have interface endpoints in us-east-1: AWS has no com.amazonaws.us-east-1.kms there; remove it, or choose another aws:region",
    {
      prepare: (aws) => {
        aws.runtime.serviceZones.kms = [];
      },
    },
  ],
  [
    "a service that the Region lacks, already in the preview, and by the name that the stack file has for it",
    () => endpoints(["kms", "ssm"], { field: "privateEndpoints" }),
    [
      "privateEndpoints.services: kms: must have interface endpoints in us-east-1: AWS has no com.amazonaws.us-east-1.kms there; remove it, or choose another aws:region",
      "privateEndpoints.zones: us-east-1b: must be zones where ssm has endpoints (us-east-1a); name only zones where all of the services are",
    ].join("\n"),
    {
      preview: true,
      prepare: (aws) => {
        aws.runtime.serviceZones = { kms: [], ssm: ["us-east-1a"] };
      },
    },
  ],
  [
    "ec2messages in a Region that is younger than 2024",
    () => {
      const network = new Network("home", { cidr: "10.0.0.0/16", zones: ["mx-central-1a"] });
      return endpointsIn(network, ["ec2messages"]);
    },
    "private.services: ec2messages: must have interface endpoints in mx-central-1: AWS has no com.amazonaws.mx-central-1.ec2messages there; remove it, since the agent of Systems Manager uses ssmmessages there",
    { region: "mx-central-1" },
  ],
  [
    "a zone that a service lacks",
    () => endpoints(["ssm", "ecs-telemetry"]),
    "private.zones: us-east-1b: must be zones where ecs-telemetry has endpoints (us-east-1a, us-east-1c); name only zones where all of the services are",
    {
      prepare: (aws) => {
        aws.runtime.serviceZones["ecs-telemetry"] = ["us-east-1c", "us-east-1a"];
      },
    },
  ],
  [
    "S3 without the gateway endpoint",
    () => endpoints(["s3"], { s3Gateway: undefined }),
    "private.s3Gateway: (missing): must be given with s3 among the services: only beside a gateway endpoint, AWS gives S3's interface endpoint its private DNS name; add a gateway endpoint to the VPC and name it here, or remove s3 from the services",
  ],
  [
    "a service twice",
    () => endpoints(["ssm", "ecs", "ssm"]),
    "private.services: ssm: must be named once; remove the repetition",
  ],
  [
    "no zone",
    () => endpoints(["ssm"], { subnets: {} }),
    "private.subnets: (none): must have one subnet or more, for the endpoints' addresses; name a zone",
  ],
];
for (const [title, build, message, options] of refused) {
  test.serial(`refused: ${title}`, async (t) => {
    const told = await failure(build, options);
    t.true(told.endsWith(message), told);
  });
}

test.serial("if one service is unavailable, no endpoint is created", async (t) => {
  const lacking = await withAws({
    prepare: (aws) => {
      aws.runtime.serviceZones.kms = [];
    },
  });
  await failureOf(lacking, () => endpoints(["ssm", "kms", "logs"]));
  t.deepEqual(
    lacking.resources.filter(({ name, custom }) => custom && /^private-(ssm|kms|logs)$/.test(name)),
    [],
  );
  t.true(lacking.resources.some(({ name }) => name === "home-vpc"));
});

test.serial("another failure of the lookup stays as it is", async (t) => {
  const told = await failure(() => endpoints(["ssm"]), {
    prepare: (aws) => {
      aws.runtime.serviceZones = new Proxy(
        {},
        {
          get: () => {
            throw new Error("UnauthorizedOperation: no");
          },
        },
      );
    },
  });
  t.regex(told, /UnauthorizedOperation: no/);
  t.notRegex(told, /leave it out/);
});
