import { restoreAll } from "../aws/data-plane/security.ts";
import { standardChecks } from "../checks/find.ts";
import { checkLab } from "../checks/run.ts";
import { knowOutputs, pageUrl } from "../checks/support/page.ts";
import { keepBareState } from "../checks/support/snapshot.ts";
import { startCloud } from "../cloud.ts";
import { obtainEngine } from "../engine/engine.ts";
import { buildImages } from "../images/build.ts";
import { restorePath } from "../load/faults.ts";
import { carryOut } from "../operations.ts";
import { inOrder } from "../progress.ts";
import { changeSettings, labConfig, readSettings, type Settings } from "../settings.ts";
import { keepWorkerToken } from "../worker-token.ts";
import { dataPathOfThisKernel } from "../world/data-path.ts";
import { locked } from "../world/lock.ts";
import { prepare } from "../world/machine.ts";
import { paths } from "../world/paths.ts";
import { buildRootfs } from "../world/rootfs.ts";
import { packBundle } from "../world/site-mirror.ts";
import { hostsOf } from "../world/topology.ts";
import * as world from "../world/world.ts";
import { forgetStack, takeDown } from "./down.ts";

/** What `npm run lab` may be told. */
export interface Asked {
  /** Default: as last time. */
  readonly nodes?: number;
  /** Default: as last time. */
  readonly internet?: Settings["internet"];
  /** Where packages come from with `--internet never`. Default: as last time. */
  readonly packages?: Settings["packages"];
  /** Checks every host again, and fixes what was changed by hand. */
  readonly converge: boolean;
}

/** Makes the lab, runs the program against it, checks the result, prints the address of the page. */
export function up(asked: Asked): Promise<number> {
  const { nodes = readSettings().nodes } = asked;
  // Refused before it is kept: later runs take the number that was given last.
  hostsOf(nodes);
  return locked(() => make(asked));
}

async function make(asked: Asked): Promise<number> {
  const started = Date.now();
  const before = readSettings();
  const { nodes, internet, packages } = { ...before, ...asked };
  const way = (settings: Pick<Settings, "internet" | "packages">) =>
    settings.internet === "never"
      ? `--internet never --packages ${settings.packages}`
      : "--internet fallback";
  const [was, is] = [way(before), way({ internet, packages })];
  // Hosts that once had the internet prove nothing about hosts that never had it, so another mode starts from nothing.
  if (was !== is && (await world.status()).hosts.length > 0) {
    const title = `Hosts with ${was}: down, for bare ones with ${is}`;
    await inOrder([{ title, run: takeDown }]);
  }
  // What a check breaks on hosts stays broken when it is killed.
  const converge = before.converge + (asked.converge || before.checking ? 1 : 0);
  changeSettings({ nodes, internet, packages, converge, checking: false, dead: [], without: [] });
  await inOrder([
    { title: "This machine has what the lab needs", run: prepare },
    {
      title: "The Pulumi engine",
      run: async (report) => {
        const { version, source, plugins } = await obtainEngine(paths.engine, report);
        const providers = Object.entries(plugins).map(([name, kind]) => `${name} ${kind}`);
        return `${version}, ${source}; providers: ${providers.join(", ")}, aws simulated`;
      },
    },
    { title: "Debian for the hosts", run: buildRootfs },
    { title: "Images of the page and of Redis", run: buildImages },
    ...(internet === "never" && packages === "bundle"
      ? [{ title: "A bundle of the hosts' packages", run: packBundle }]
      : []),
    {
      title: `A home: router, laptop, bare Raspberry Pis${internet === "never" ? " cut off from the internet" : ""}; and two VPN endpoints on the internet`,
      run: async (report) => {
        const { hosts, fresh, lost } = await world.up({ nodes, internet, progress: report });
        if (lost.length > 0 || fresh.length === hosts.length) {
          // What a stack did to these hosts is gone with their disks: so is the stack.
          forgetStack();
        }
        await Promise.all(fresh.map((host) => keepBareState(host)));
        return hosts.map(({ name, address }) => `${name} ${address}`).join(", ");
      },
    },
    {
      title: "An empty account of the simulated AWS, but for a secret in Parameter Store",
      run: async () => {
        const address = await startCloud();
        // Left behind by a check that was killed.
        await Promise.all([restoreAll(), restorePath()]);
        await keepWorkerToken();
        return address;
      },
    },
    {
      title: "pulumi up",
      run: async (report) => {
        const config = await labConfig(changeSettings({ dataPath: await dataPathOfThisKernel() }));
        const { changes, outputs } = await carryOut({ operation: "up", stack: "lab", config }, report);
        knowOutputs(outputs);
        return Object.entries(changes)
          .map(([what, count]) => `${count} ${what}`)
          .join(", ");
      },
    },
  ]);
  const surplus = world.surplusHosts(nodes);
  if (surplus.length > 0) {
    const title = `Out of the stack, and switched off: ${surplus.join(", ")}`;
    await inOrder([{ title, run: () => world.removeSurplusHosts(nodes) }]);
  }
  const failed = await checkLab(await standardChecks(internet));
  const url = await pageUrl();
  console.log(`
The page:   ${url}   (inside the lab; npm run lab -- ssh ${world.hosts(nodes).at(-1)?.name} curl ${url})
Look into:  npm run lab -- status | ssh HOST | logs | aws ecs list-tasks --cluster CLUSTER | state
Take down:  npm run lab -- down
${((Date.now() - started) / 1000).toFixed(0)} s in all`);
  return failed === 0 ? 0 : 1;
}
