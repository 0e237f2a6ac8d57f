/** The number of hits, kept in Redis. Speaks to Redis by `@redis/client`, which reconnects on its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@redis/client";

/** Where Redis is. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Redis did not count the hit; `message` says what it or the network said. */
export class RedisAway extends Error {}

export interface Hits {
  readonly redis: RedisAddress;
  /** Counts one hit and returns the new total. Throws RedisAway, within `answerMillis` at the latest. */
  count(): Promise<number>;
  /** Ends the connection at once and stops reconnecting. */
  close(): void;
}

const key = "hits";

/**
 * Starts connecting at once and never gives up: after a second's pause at most it tries again.
 *
 * @param redis where Redis is
 * @param answerMillis how long one hit may wait for Redis; a host that lost its power sends no reset, so only time tells
 */
export function connectHits(redis: RedisAddress, answerMillis = 1500): Hits {
  const client = createClient({
    socket: {
      host: redis.host,
      port: redis.port,
      connectTimeout: 3000,
      // The ping below keeps a good socket busy, so silence means that the other end is gone.
      socketTimeout: 6000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000),
    },
    pingInterval: 2000,
    // A hit that Redis cannot take now is refused now; queued, it would be counted long after its page was sent.
    disableOfflineQueue: true,
  });
  let said = "no connection yet";
  client.on("error", (error: unknown) => {
    said = reason(error);
  });
  client.connect().catch((error: unknown) => {
    said = reason(error);
  });

  return {
    redis,
    async count() {
      const late = new AbortController();
      try {
        return await Promise.race([
          client.incr(key),
          sleep(answerMillis, undefined, { signal: late.signal }).then(() => {
            throw new Error(`no answer within ${answerMillis} ms`);
          }),
        ]);
      } catch (error) {
        throw new RedisAway(client.isReady ? reason(error) : said, { cause: error });
      } finally {
        late.abort();
      }
    },
    close() {
      // Not client.close(): that waits for outstanding answers, which a Redis that fell silent never gives.
      if (client.isOpen) client.destroy();
    },
  };
}

/** What went wrong, in the words of the lowest layer. A name with several addresses fails with one error for each. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reason).join("; ");
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
