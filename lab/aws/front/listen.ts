import { rm } from "node:fs/promises";
import type { Server } from "node:http";

/** Has a server listen on a unix socket. Returns how to close it. */
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
