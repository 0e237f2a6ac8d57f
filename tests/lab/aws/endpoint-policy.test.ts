import { endpointPolicy } from "../../../components/private-connectivity/endpoint-policies.ts";
import { labAccessKey } from "../../../lab/aws/api/call.ts";
import type { EndpointService } from "../../../limits/private-connectivity/endpoint-services.ts";
import { byEndpoint, test, type World } from "./world.ts";

const place = { partition: "aws", region: "us-east-1", accountId: "123456789012" } as const;

/** Creates an endpoint with this project's policy. */
function endpoint({ account }: World, service: EndpointService): string {
  const vpcId = account.vpc();
  const [subnet] = account.subnets(vpcId);
  return account.make("vpcEndpoint", {
    vpcId,
    serviceName: `com.amazonaws.us-east-1.${service}`,
    vpcEndpointType: "Interface",
    subnetIds: [subnet],
    policy: endpointPolicy(service, place),
  });
}

const signed = {
  authorization: `AWS4-HMAC-SHA256 Credential=${labAccessKey.accessKeyId}/20261121/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0`,
};
const target = (operation: string) => ({ "x-amz-target": operation });

test("an endpoint of this project lets only registrations and calls by this account's principals pass", async (t) => {
  const id = endpoint(t.context, "ssm");
  const ask = async (headers: object) => {
    const { status, body } = await byEndpoint(
      t.context,
      id,
      "192.168.1.101",
      "ssm.us-east-1.amazonaws.com",
      "/",
      headers,
    );
    return `${status} ${JSON.parse(body).__type ?? ""}`;
  };
  t.is(await ask({ ...target("AmazonSSM.DescribeInstanceInformation"), ...signed }), "200 ");
  // Systems Manager itself refuses, so the call has passed the endpoint.
  t.regex(await ask(target("AmazonSSM.RegisterManagedInstance")), /^400 /);
  t.is(await ask(target("AmazonSSM.DescribeInstanceInformation")), "403 AccessDeniedException");
  t.is(
    await ask({ ...target("AmazonEC2ContainerServiceV20141113.ListClusters"), ...signed }),
    "403 AccessDeniedException",
  );
});

test("S3's endpoint lets only the AWS buckets pass that nodes need", async (t) => {
  const id = endpoint(t.context, "s3");
  const status = async (host: string, path: string) =>
    (await byEndpoint(t.context, id, "192.168.1.101", host, path)).status;
  const s3 = "s3.us-east-1.amazonaws.com";
  // The object does not exist: this answer is S3's own.
  t.is(await status(s3, "/amazon-ssm-us-east-1/latest/debian_amd64/amazon-ssm-agent.deb"), 404);
  t.is(await status(`amazon-ecs-agent-us-east-1.${s3}`, "/lab-signing-key.asc"), 404);
  t.is(await status(s3, "/somebodys-bucket/object"), 403);
  t.is(await status(`somebodys-bucket.${s3}`, "/object"), 403);
});
