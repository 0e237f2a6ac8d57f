import { rm } from "node:fs/promises";
import type { Server } from "node:http";

/** Starts a server on a unix socket. Returns a function that closes it. */
export async function listenOn(path: string, server: Server): Promise<() => void> {
  // Left behind by a run that was killed.
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
