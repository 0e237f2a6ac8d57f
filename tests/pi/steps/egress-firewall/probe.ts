/**
 * Run inside a network namespace. `node probe.ts serve JSON` answers on TCP and UDP; `node probe.ts ask JSON` tries a list
 * of probes, all at once, and prints the outcome of each as JSON.
 */
import { createSocket } from "node:dgram";
import { connect, createServer, isIPv6 } from "node:net";

export interface Probe {
  readonly protocol: "tcp" | "udp";
  readonly to: string;
  readonly port: number;
  /** Own address. Default: the one that the route prescribes. */
  readonly from?: string;
  readonly fromPort?: number;
}

export interface Outcome {
  /** `open`: an answer came. `refused`: an error came. `silent`: nothing came. */
  readonly outcome: "open" | "refused" | "silent";
  readonly milliseconds: number;
}

const patienceMs = 1500;

function ask({ protocol, to, port, from, fromPort }: Probe): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    let close = () => {};
    const end = (outcome: Outcome["outcome"]) => {
      clearTimeout(timer);
      close();
      resolve({ outcome, milliseconds: performance.now() - began });
    };
    const timer = setTimeout(() => end("silent"), patienceMs);
    if (protocol === "tcp") {
      const socket = connect({
        host: to,
        port,
        ...(from !== undefined && { localAddress: from }),
        ...(fromPort !== undefined && { localPort: fromPort }),
      });
      close = () => socket.destroy();
      socket.on("data", () => end("open"));
      socket.on("error", () => end("refused"));
    } else {
      const socket = createSocket(isIPv6(to) ? "udp6" : "udp4");
      close = () => socket.close();
      socket.on("message", () => end("open"));
      socket.on("error", () => end("refused"));
      socket.bind({ port: fromPort ?? 0, ...(from !== undefined && { address: from }) }, () => {
        socket.setBroadcast(true);
        // A connected socket receives ICMP errors.
        socket.connect(port, to, () => socket.send("?", (error) => error && end("refused")));
      });
    }
  });
}

export interface Served {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  /** Own addresses that answer UDP, each from itself. */
  readonly addresses: readonly string[];
}

function serve({ tcp, udp, addresses }: Served): void {
  for (const port of tcp) {
    createServer((socket) => {
      socket.on("error", () => undefined);
      // The first word tells a client that it is connected; what it sends is echoed.
      socket.write("!");
      socket.on("data", (text) => socket.write(text));
    }).listen(port, "::");
  }
  for (const address of addresses) {
    for (const port of udp) {
      const socket = createSocket("udp4");
      socket.on("message", (text, { port: back, address: client }) => socket.send(text, back, client));
      socket.bind(port, address);
    }
  }
}

const [, , mode, json = "{}"] = process.argv;
if (mode === "serve") serve(JSON.parse(json));
if (mode === "ask") {
  const outcomes = await Promise.all((JSON.parse(json) as Probe[]).map(ask));
  console.log(JSON.stringify(outcomes));
}
