/** Which way each call came to the simulated AWS: over the internet, or by an endpoint in the VPC. None of this is AWS's. */
import type { IncomingHttpHeaders } from "node:http";

/** What the endpoints' process adds to a request that it hands on; what a client sends under these names is dropped. */
export const passageHeaders = { endpoint: "x-lab-endpoint", from: "x-lab-from" } as const;

export interface Passage {
  /** `internet`, or the id of an interface endpoint. */
  readonly door: string;
  /** Host name that was asked. */
  readonly host: string;
  /** Address that the door saw. */
  readonly from: string;
}

export interface Passages extends Passage {
  readonly calls: number;
  /** ISO 8601, of the latest. */
  readonly last: string;
}

/** Host name of a request, without the port, in lower case. */
export const hostOf = (headers: IncomingHttpHeaders): string =>
  (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();

/** Counts the calls since the process began, by door, host and origin. */
export class DoorLog {
  readonly #since = new Date().toISOString();
  readonly #seen = new Map<string, Passages>();

  note({ door, host, from }: Passage): void {
    const key = [door, host, from].join(" ");
    const calls = (this.#seen.get(key)?.calls ?? 0) + 1;
    this.#seen.set(key, { door, host, from, calls, last: new Date().toISOString() });
  }

  seen(): { readonly since: string; readonly passages: readonly Passages[] } {
    return { since: this.#since, passages: [...this.#seen.values()] };
  }
}
