import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { askAws } from "../../commands/aws.ts";
import { labNodes, pinnedNode } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { seconds } from "../../progress.ts";
import { changeSettings, labConfig, readSettings } from "../../settings.ts";
import { dropDisk } from "../../world/disk.ts";
import { startHost, stopHost, waitForHost } from "../../world/host.ts";
import { until } from "../../world/run.ts";
import { check } from "../check.ts";
import { containerOf } from "../support/containers.ts";
import { hits, pageUrl } from "../support/page.ts";
import { keepBareState } from "../support/snapshot.ts";

/** Returns every managed instance that Systems Manager knows: its id and the address it reported. */
async function managedInstances(): Promise<readonly (readonly [id: string, address: string])[]> {
  const query = "InstanceInformationList[].[InstanceId,IPAddress]";
  return JSON.parse(
    await askAws("ssm", "describe-instance-information", "--query", query, "--output", "json"),
  );
}

export default check({
  title: "A node with a new disk joins again, with Redis, and its former registration is gone from AWS",
  run: async () => {
    // A registration that is left behind would keep ECS from starting Redis again.
    const node = pinnedNode();
    const url = await pageUrl();
    const [former] = (await managedInstances()).find(([, address]) => address === node.address) ?? [];
    assert(former, `${node.name} is not a managed instance`);
    await stopHost(node.name, "cut");
    await dropDisk(node.name);
    await startHost(node);
    await waitForHost(node);
    await keepBareState(node.name);
    const { reinstalled } = readSettings();
    const settings = changeSettings({
      reinstalled: { ...reinstalled, [node.name]: (reinstalled[node.name] ?? 0) + 1 },
    });
    await carryOut({ operation: "up", stack: "lab", config: await labConfig(settings) });
    const since = Date.now();
    const redis = async () => await containerOf("redis", node.name);
    await until(redis, () => new Error(`${node.name}: Redis does not run`), { seconds: 60 });
    const count = () => hits(url).catch(() => undefined);
    await until(count, () => new Error("no hit is counted"), { seconds: 60 });
    const counts = seconds(since);
    const managed = await managedInstances();
    const ids = managed.map(([id]) => id);
    assert(
      !ids.includes(former),
      `${former}, the former registration of ${node.name}, is still a managed instance`,
    );
    assert.deepEqual(
      managed.map(([, address]) => address).toSorted(),
      labNodes()
        .map(({ address }) => address)
        .toSorted(),
    );
    const instances = (await cloud.instances()).filter(({ status }) => status !== "INACTIVE");
    assert.deepEqual(instances.map(({ ec2InstanceId }) => ec2InstanceId).toSorted(), ids.toSorted());
    return `${node.name} was ${former}, and is ${managed.find(([, address]) => address === node.address)?.[0]}; counts ${counts} after the up`;
  },
});
