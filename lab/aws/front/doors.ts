/** The door through which each call came: the internet, or an endpoint in the VPC. Nothing of this exists on AWS. */
import type { IncomingHttpHeaders } from "node:http";

/**
 * Headers that the endpoints' process adds to a request that it hands on. The same headers from a client are dropped.
 */
export const passageHeaders = { endpoint: "x-lab-endpoint", from: "x-lab-from" } as const;

export interface Passage {
  /** `internet`, or the id of an interface endpoint. */
  readonly door: string;
  /** The host name of the requests. */
  readonly host: string;
  /** The client's address, as the door saw it. */
  readonly from: string;
}

export interface Passages extends Passage {
  readonly calls: number;
  /** ISO 8601, of the latest call. */
  readonly last: string;
}

/** Returns the host name of a request, without the port, in lower case. */
export const hostOf = (headers: IncomingHttpHeaders): string =>
  (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();

/** Counts the calls since the process started, by door, host and origin. */
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
