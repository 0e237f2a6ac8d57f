/** One run at a time. The lock is a socket in the kernel's abstract namespace, which disappears with its process. */
import { type AddressInfo, connect, createServer, type Server } from "node:net";

const labAddress = "\0ecs-anywhere-hybrid-lab";

const isCode = (error: unknown, code: string) =>
  error instanceof Error && "code" in error && error.code === code;

function holder(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(address).setEncoding("utf8").setTimeout(1000);
    socket.on("data", (pid: string | Buffer) => resolve(String(pid)));
    socket.on("timeout", () => resolve("(busy)"));
    socket.on("error", () => resolve("(just ended)"));
  });
}

/** Takes the lock, or throws an error that names the process that holds it. Returns a function that releases it. */
export async function acquireLock(address = labAddress): Promise<() => void> {
  const server: Server = createServer((socket) => socket.on("error", () => {}).end(String(process.pid)));
  try {
    await new Promise<AddressInfo | string | null>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address, () => resolve(server.address()));
    });
  } catch (error) {
    if (!isCode(error, "EADDRINUSE")) throw error;
    throw new Error(
      `lab: process ${await holder(address)} runs the lab on this machine: two at once would share its hosts; wait for it, or end it`,
    );
  }
  server.unref();
  return () => server.close();
}

/** Does the work under the lock. Throws like `acquireLock`, and what the work throws. */
export async function locked<T>(work: () => Promise<T>): Promise<T> {
  const release = await acquireLock();
  try {
    return await work();
  } finally {
    release();
  }
}
