/** Regions outside the partition `aws` have other ARNs, and China other names. */
import test from "ava";
import { SiteVpn } from "../../components/connectivity/site-vpn.ts";
import { Network } from "../../components/network/network.ts";
import { built } from "./cloud.ts";
import { redis } from "./service/redis.ts";

const everything = (region: string, registry: string) =>
  built(
    () => {
      const { vpcId, routeTableIds } = new Network("net", {
        cidr: "10.0.0.0/16",
        zones: [`${region}a`],
        flowLogs: { retentionDays: 7 },
      });
      new SiteVpn("vpn", {
        vpcId,
        routeTableIds,
        siteCidrs: ["192.168.1.0/24"],
        site: { publicAddress: "198.51.100.7" },
        insideCidrs: { tunnel1: "169.254.10.0/30", tunnel2: "169.254.11.0/30" },
        logRetentionDays: 7,
      });
      const image = `123456789012.dkr.ecr.${region}.${registry}/redis:7`;
      redis({ image, secrets: { TOKEN: "/redis/token" } });
    },
    { region },
  );

for (const [region, partition, suffix] of [
  ["cn-north-1", "aws-cn", "amazonaws.com.cn"],
  ["us-gov-west-1", "aws-us-gov", "amazonaws.com"],
] as const)
  test.serial(`all ARNs and principals are those of ${region}`, async (t) => {
    const { children, json } = await everything(region, suffix);
    const partitions = children.flatMap(({ inputs }) =>
      [...JSON.stringify(inputs).matchAll(/arn:(aws[a-z-]*):/g)].map(([, found]) => found),
    );
    t.deepEqual([...new Set(partitions)], [partition]);
    const { Statement } = json("Key", "home-key", "policy") as { Statement: { Principal: object }[] };
    t.deepEqual(Statement[1]?.Principal, { Service: `logs.${region}.${suffix}` });
  });
