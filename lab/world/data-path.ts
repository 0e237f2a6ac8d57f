import { run, succeeds } from "./run.ts";

/** Several processes may ask at once. */
const scratch = `hl-data-path-${process.pid}`;

export type DataPath = "kernel" | "userspace";

let known: Promise<DataPath> | undefined;

/**
 * Returns what can encrypt on this machine: its kernel, if it has ESP, XFRM interfaces and VTI (tried in a namespace),
 * else charon.
 */
export const dataPathOfThisKernel = (): Promise<DataPath> => {
  known ??= tried();
  return known;
};

async function tried(): Promise<DataPath> {
  await run(["ip", "netns", "add", scratch]);
  try {
    const netns = scratch;
    const hasXfrm = await succeeds(["ip", "link", "add", "xfrm9", "type", "xfrm", "if_id", "9"], { netns });
    const hasVti = await succeeds(["ip", "link", "add", "vti9", "type", "vti", "key", "9"], { netns });
    const esp = [
      "ip",
      "xfrm",
      "state",
      "add",
      "src",
      "192.0.2.1",
      "dst",
      "192.0.2.2",
      "proto",
      "esp",
      "spi",
      "1",
    ];
    const cipher = ["mode", "tunnel", "aead", "rfc4106(gcm(aes))", `0x${"0".repeat(72)}`, "128"];
    const hasEsp = await succeeds([...esp, ...cipher], { netns });
    return hasXfrm && hasVti && hasEsp ? "kernel" : "userspace";
  } finally {
    await run(["ip", "netns", "del", scratch]);
  }
}
