/** The two pages a visitor can see, as plain HTML: no script, no font, no image from anywhere else. */
import type { RedisAddress } from "./hits.ts";

/** What both pages tell about the machine that answers. */
export interface Scene {
  /** Name of the machine that runs the container. */
  readonly host: string;
  /** Address that the request came from: the load balancer's, seen through the tunnel. */
  readonly from: string;
}

/** The page with the count. */
export function hitsPage(hits: number, scene: Scene): string {
  const visits = hits === 1 ? "visit" : "visits";
  return page(
    `${hits} ${visits}`,
    `<p class="count"><output id="hits">${hits}</output></p>
      <p>${visits} so far. Reload the page to be the next one.</p>`,
    scene,
  );
}

/** The page shown while Redis does not answer; it reloads itself. */
export function redisAwayPage(redis: RedisAddress, said: string, scene: Scene): string {
  const address = plain(`${redis.host}:${redis.port}`);
  return page(
    "Redis is away",
    `<h1>Redis is away</h1>
      <p>This page works, but Redis at <code id="redis">${address}</code> did not count your visit: <q>${plain(said)}</q>.</p>
      <p>What to check, in this order:</p>
      <ol>
        <li>Is <code>${plain(redis.host)}</code> the address of the node that runs Redis? It is this service's <code>REDIS_HOST</code>.</li>
        <li>Is the redis task running? <code>aws ecs describe-services --cluster CLUSTER --services redis</code></li>
        <li>Can this node reach it? <code>nc -vz ${plain(redis.host)} ${redis.port}</code></li>
      </ol>
      <p>No hit is lost that was counted before. The page tries again automatically.</p>`,
    scene,
    '<meta http-equiv="refresh" content="5">',
  );
}

function page(title: string, body: string, { host, from }: Scene, head = ""): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    ${head}
    <title>${plain(title)}</title>
    <style>
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.1rem/1.5 system-ui, sans-serif;
        color: light-dark(#1d2433, #e8ecf4); background: light-dark(#f5f7fb, #12161f); }
      main { max-width: 34rem; padding: 2rem; text-align: center; }
      ol { text-align: left; }
      code, output, b { overflow-wrap: anywhere; }
      .count { margin: 0; font-size: clamp(4rem, 22vw, 9rem); font-weight: 700; line-height: 1.1;
        font-variant-numeric: tabular-nums; color: light-dark(#c2255c, #ff8fb1); }
      footer { margin-top: 2.5rem; font-size: 0.9rem; opacity: 0.75; }
    </style>
  </head>
  <body>
    <main>
      ${body}
      <footer>Served by <b id="host">${plain(host)}</b>; your request came from ${plain(from)}.</footer>
    </main>
  </body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function plain(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
}
