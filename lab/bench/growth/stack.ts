/** The stack `home` with any number of nodes. */
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import type { StackConfig } from "../../engine/config.ts";

type Hosts = NonNullable<StackConfig["hosts"]>;

/** The addresses of the article's lab do for 250 nodes no more. */
const cidr = "10.1.0.0/16";
const address = (number: number) => `10.1.${1 + Math.floor(number / 200)}.${1 + (number % 200)}`;

/** Returns the settings of `home` with this many nodes: as many of each kind as it has, in turn. */
export async function homeWith(project: string, nodes: number): Promise<StackConfig> {
  const config = withStandIns(settings(await openStackFile(project, "home"))) as unknown as StackConfig;
  const { "pi-gateway": gateway, ...others } = config.hosts as Hosts;
  const [first, , pinned] = Object.values(others);
  if (!gateway || !first || !pinned) throw new Error("Pulumi.home.yaml: must have a gateway and three nodes");
  const hosts: Hosts = { "pi-gateway": { ...gateway, address: "10.1.0.1" } };
  for (let number = 1; number <= nodes; number++)
    hosts[`pi-${number}`] = { ...(number === 3 ? pinned : first), address: address(number) };
  return { ...config, site: { ...config.site, cidr }, hosts };
}
