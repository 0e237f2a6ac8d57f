/** What all stand-ins share: the engine starts them as plugins, and they end with it. */
import { flushCompileCache } from "node:module";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";

/** The engine's address, a plugin's first plain argument. */
export const engineAddress = (args: readonly string[]): string | undefined =>
  args.find((arg) => /^[\w.-]+:\d+$/.test(arg));

/** Serves the provider until the engine ends; a killed engine leaves no plugin behind. */
export async function serve(provider: Provider, args: readonly string[]): Promise<void> {
  // The wrapper that starts the plugin passes it, since an engine may be killed before this line runs.
  const engine = Number(process.env.LAB_ENGINE_PID ?? process.ppid);
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, 500).unref();
  // The engine kills its plugins, which would lose the compiled code for the next ones.
  setTimeout(flushCompileCache, 1000).unref();
  await main(provider, [...args]);
}
