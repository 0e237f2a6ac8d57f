/**
 * One end of a steady load between a node and the VPC, as a process in a namespace: `end.ts site|vpc OWN PEER`. Both
 * ends send numbered packets to each other, 100 a second; the site asks the VPC for pages, 20 a second, a new
 * connection each, and keeps ten connections open. It prints what it sees, as a line of JSON every tenth of a second,
 * until stdin ends.
 */
import { createSocket } from "node:dgram";
import { createServer as createHttpServer, get } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import type { Batch } from "./load.ts";

const [role, own = "", peer = ""] = process.argv.slice(2);
const ports = { packets: 9700, pages: 9701, connections: 9702 };
const now = () => performance.timeOrigin + performance.now();
const nothing = () => {};

let batch = { arrived: [] as [number, number][], requests: [] as [number, number | null][], dropped: 0 };

const packets = createSocket("udp4");
packets.on("message", (data) => batch.arrived.push([data.readUInt32BE(0), now()]));
packets.on("error", nothing);
await new Promise<void>((bound) => packets.bind(ports.packets, own, bound));
const began = now();
let sent = 0;
// A late timer sends the packets that it missed, so that the numbers tell the time.
setInterval(() => {
  for (; sent < (now() - began) / 10; sent++) {
    const data = Buffer.alloc(64);
    data.writeUInt32BE(sent);
    packets.send(data, ports.packets, peer, nothing);
  }
}, 5);

if (role === "vpc") {
  createHttpServer((_, response) => response.end("a page\n")).listen(ports.pages, own);
  createServer((socket) => socket.on("error", nothing).pipe(socket)).listen(ports.connections, own);
} else {
  setInterval(() => {
    const started = now();
    const done = (milliseconds: number | null) => batch.requests.push([started, milliseconds]);
    get({ host: peer, port: ports.pages, agent: false, signal: AbortSignal.timeout(30_000) }, (response) =>
      response
        .on("end", () => done(now() - started))
        .on("error", () => done(null))
        .resume(),
    ).on("error", () => done(null));
  }, 50);
  const open = () => {
    let isOpen = false;
    const socket: Socket = connect(ports.connections, peer, () => {
      isOpen = true;
    });
    const beat = setInterval(() => isOpen && socket.write("."), 100);
    socket
      .on("error", nothing)
      .on("close", () => {
        clearInterval(beat);
        if (isOpen) batch.dropped++;
        setTimeout(open, 500);
      })
      .resume();
  };
  for (let i = 0; i < 10; i++) open();
}

setInterval(() => {
  const line: Batch = batch;
  batch = { arrived: [], requests: [], dropped: 0 };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}, 100);
process.stdin.on("end", () => process.exit()).resume();
