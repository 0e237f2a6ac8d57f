import { inHost } from "../../world/host.ts";

interface Container {
  readonly Config: { readonly Env: readonly string[] };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly State: { readonly Health?: { readonly Status: string } };
}

/** Returns the running container of a service on a host, as Docker has it; undefined where there is none. */
export async function containerOf(service: string, host: string): Promise<Container | undefined> {
  const label = `label=com.amazonaws.ecs.container-name=${service}`;
  const id = (await inHost(host, ["docker", "ps", "--quiet", "--filter", label])).trim();
  if (id === "") return undefined;
  const [container] = JSON.parse(await inHost(host, ["docker", "inspect", id])) as Container[];
  return container;
}
