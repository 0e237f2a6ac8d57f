/** The smallest server that a Redis client accepts: HELLO, CLIENT, PING and INCR of RESP 3. */
import { createServer, type Server, type Socket } from "node:net";

export interface FakeRedis {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Answers nothing from now on, like a host that lost its power. */
  readonly fallSilent: () => void;
  /** Closes all connections and frees the port. */
  readonly stop: () => Promise<void>;
}

/**
 * @param port 0 takes a free one
 * @param incr the answer to INCR: the new value, or a text that becomes Redis's error
 */
export async function fakeRedis(port: number, incr: () => number | string): Promise<FakeRedis> {
  const open = new Set<Socket>();
  let accepted = 0;
  let silent = false;
  const server = createServer((socket) => {
    accepted += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => open.delete(socket));
    let buffer = "";
    socket.on("data", (data) => {
      buffer += data.toString("latin1");
      for (let command = take(); command !== undefined; command = take()) {
        if (!silent) socket.write(reply(command, incr));
      }
    });
    function take(): string[] | undefined {
      const header = /^\*(\d+)\r\n/.exec(buffer);
      if (header === null) return undefined;
      const words: string[] = [];
      let at = header[0].length;
      for (let i = 0; i < Number(header[1]); i++) {
        const length = /^\$(\d+)\r\n/.exec(buffer.slice(at));
        if (length === null) return undefined;
        const start = at + length[0].length;
        at = start + Number(length[1]) + 2;
        if (buffer.length < at) return undefined;
        words.push(buffer.slice(start, at - 2));
      }
      buffer = buffer.slice(at);
      return words;
    }
  });
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    port: address.port,
    connections: () => accepted,
    fallSilent: () => {
      silent = true;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of open) socket.destroy();
      }),
  };
}

function reply(command: readonly string[], incr: () => number | string): string {
  switch (command[0]?.toUpperCase()) {
    case "HELLO":
      return "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n";
    case "PING":
      return "+PONG\r\n";
    case "INCR": {
      const value = incr();
      return typeof value === "number" ? `:${value}\r\n` : `-${value}\r\n`;
    }
    default:
      return "+OK\r\n";
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
