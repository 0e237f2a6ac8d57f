/** Tells when the gateway is calm, so that each fault meets it in the same state. */

/** The metrics of the gateway's watchdog. */
export const metricsFile = "/run/ecs-anywhere-hybrid-metrics/vpn.prom";

/** Returns whether the metrics say that the gateway has both tunnels up and uses both. Pure. */
export function isCalm(metrics: string): boolean {
  const values = [...metrics.matchAll(/_tunnel_(?:up|installed|used)\{[^}]*\} (\S+)/g)].map(
    ([, value]) => value,
  );
  return values.length >= 4 && values.every((value) => value === "1");
}

/** A tunnel that falls silent within 10 s after it answered again counts as flapping, and the gateway waits longer. */
export const steadyMs = 11_000;
