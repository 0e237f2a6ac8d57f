/** What every stand-in shares: it is started by the engine as a plugin, and ends with it. */
import { flushCompileCache } from "node:module";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";

/** The engine's address, which is what a plugin's first plain argument says. */
export const engineAddress = (args: readonly string[]): string | undefined =>
  args.find((arg) => /^[\w.-]+:\d+$/.test(arg));

/** Serves the provider until the engine ends; a killed engine leaves no plugin behind. */
export async function serve(provider: Provider, args: readonly string[]): Promise<void> {
  // Said by whoever starts the plugin: an engine that is killed at once is gone before this line.
  const engine = Number(process.env.LAB_ENGINE_PID ?? process.ppid);
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, 500).unref();
  // The engine kills its plugins, and what was compiled would be lost to the next ones.
  setTimeout(flushCompileCache, 1000).unref();
  await main(provider, [...args]);
}
