/** `npm run lab`: builds the virtual home lab, and shows its state. */
import { parseArgs } from "node:util";
import { internets } from "./world/site-internet.ts";
import { packageSources } from "./world/site-mirror.ts";

const usage = `npm run lab                      build the lab, run pulumi up against it, check it, print the page's address
npm run lab -- --nodes N         the same with N nodes (default: as last time, at first 2; 0: the gateway is the node)
npm run lab -- --internet never|fallback
                                 cut the hosts off from the internet, or not (default: as last time, at first fallback)
npm run lab -- --packages bundle|mirror
                                 with --internet never, upload the packages to the hosts in one file over SSH, or fetch
                                 them from the site's mirror (default: as last time, at first mirror)
npm run lab -- --converge        the same, and compare every host again, which fixes what was changed by hand
npm run lab -- status            show what is running
npm run lab -- check [NAME…]     run the usual checks again, or the named ones (docs/lab.md lists all)
npm run lab -- kernel-vpn        check the VPN gateway's kernel data path, on a kernel of its own in QEMU
npm run lab -- preview STACK     pulumi preview of this project's Pulumi.STACK.yaml against the simulated AWS
npm run lab -- ssh HOST [CMD…]   open a shell on a host, as pi
npm run lab -- aws ARGS…         run the real AWS CLI against the simulated AWS
npm run lab -- logs [NAME]       show the logs of the lab's parts
npm run lab -- state             print the stack's exported state as JSON
npm run lab -- down              stop and remove everything`;

const [name = "up", ...rest] = commandLine(process.argv.slice(2));

/** Returns the value of an option, which must be a known one; nothing if the option is not given. */
function oneOf<Name extends string, T extends string>(
  name: Name,
  known: readonly T[],
  given: string | undefined,
): { readonly [key in Name]?: T } {
  if (given === undefined) return {};
  const value = known.find((one) => one === given);
  if (value === undefined)
    throw new RangeError(`--${name}: ${given}: must be ${known.join(" or ")}; choose one of them`);
  return { [name]: value } as { readonly [key in Name]?: T };
}

/** Options before a command belong to `up`. */
function commandLine(argv: readonly string[]): readonly string[] {
  return argv[0] === undefined || argv[0].startsWith("-") ? ["up", ...argv] : argv;
}

async function run(): Promise<number> {
  switch (name) {
    case "up": {
      const { values } = parseArgs({
        args: [...rest],
        options: {
          nodes: { type: "string" },
          internet: { type: "string" },
          packages: { type: "string" },
          converge: { type: "boolean", default: false },
          help: { type: "boolean", short: "h" },
        },
      });
      if (values.help) {
        console.log(usage);
        return 0;
      }
      const { up } = await import("./commands/up.ts");
      return await up({
        converge: values.converge,
        ...(values.nodes === undefined ? {} : { nodes: Number(values.nodes) }),
        ...oneOf("internet", internets, values.internet),
        ...oneOf("packages", packageSources, values.packages),
      });
    }
    case "status":
      return await (await import("./commands/status.ts")).status();
    case "check":
      return await (await import("./commands/check.ts")).check(rest);
    case "kernel-vpn":
      return await (await import("./commands/kernel-vpn.ts")).kernelVpn();
    case "preview":
      return await (await import("./commands/preview.ts")).preview(rest);
    case "ssh":
      return await (await import("./commands/ssh.ts")).ssh(rest);
    case "aws":
      return await (await import("./commands/aws.ts")).aws(rest);
    case "logs":
      return await (await import("./commands/logs.ts")).logs(rest);
    case "state":
      return await (await import("./commands/state.ts")).state();
    case "down":
      return await (await import("./commands/down.ts")).down();
    default:
      console.error(`lab: ${name}: must be a command of the lab; choose one of these:\n\n${usage}`);
      return 2;
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
