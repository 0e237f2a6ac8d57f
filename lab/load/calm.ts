/** When the gateway is calm: another fault then meets it as the first one did. */

/** What the gateway's watchdog tells. */
export const metricsFile = "/run/ecs-anywhere-hybrid-metrics/vpn.prom";

/** By its metrics the gateway has both tunnels up, and holds none of them back. Pure. */
export function isCalm(metrics: string): boolean {
  const values = [...metrics.matchAll(/_tunnel_(?:up|installed|used)\{[^}]*\} (\S+)/g)].map(
    ([, value]) => value,
  );
  return values.length >= 4 && values.every((value) => value === "1");
}

/** A tunnel that falls silent sooner than 10 s after it answered again flaps, which the gateway holds against it. */
export const steadyMs = 11_000;
