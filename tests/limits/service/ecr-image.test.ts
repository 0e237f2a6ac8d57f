import test from "ava";
import { ecrImage } from "../../../limits/service/ecr-image.ts";

const parts = { account: "123456789012", region: "eu-west-1", repository: "apps/web" };

for (const [uri, expected] of [
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/apps/web:1.0", { ...parts, byEndpoint: true }],
  [
    `123456789012.dkr.ecr.eu-west-1.amazonaws.com/apps/web@sha256:${"0".repeat(64)}`,
    { ...parts, byEndpoint: true },
  ],
  [
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/apps/web",
    { ...parts, region: "cn-north-1", byEndpoint: true },
  ],
  ["123456789012.dkr-ecr.eu-west-1.on.aws/apps/web:1.0", { ...parts, byEndpoint: false }],
  ["123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/apps/web:1.0", { ...parts, byEndpoint: false }],
  ["public.ecr.aws/docker/library/redis:7", undefined],
  ["registry.home.arpa:5000/web", undefined],
  ["redis:7", undefined],
] as const) {
  test(uri, (t) => t.deepEqual(ecrImage(uri), expected));
}
