/** Health of one target: checks at an interval, with the states and reasons of Elastic Load Balancing. */
import { request } from "node:http";
import { connect } from "node:net";
import type { DesiredListener, DesiredTarget, ObservedTarget } from "../contract.ts";

export type HealthCheck = DesiredListener["healthCheck"];
export type Health = Pick<ObservedTarget, "state" | "reason">;

type Reason = "Target.FailedHealthChecks" | "Target.ResponseCodeMismatch" | "Target.Timeout";
/** undefined: the check passed. */
type Outcome = Reason | undefined;

/** Whether an HTTP status is within a matcher such as `200`, `200,302` or `200-399`. */
export const matches = (matcher: string, status: number): boolean =>
  matcher.split(",").some((part) => {
    const [from, to = from] = part.split("-").map(Number);
    return from !== undefined && to !== undefined && status >= from && status <= to;
  });

/**
 * Returns the state after one more outcome. The first pass makes a new target healthy; after that the thresholds count.
 * Pure.
 */
export function next(
  before: Health & { readonly streak: number },
  outcome: Outcome,
  check: Pick<HealthCheck, "healthyThreshold" | "unhealthyThreshold">,
): Health & { readonly streak: number } {
  const passed = outcome === undefined;
  // Positive: passes in a row; negative: failures in a row.
  const streak = passed ? Math.max(before.streak, 0) + 1 : Math.min(before.streak, 0) - 1;
  if (passed && (before.state === "initial" || streak >= check.healthyThreshold))
    return { state: "healthy", streak };
  if (!passed && -streak >= check.unhealthyThreshold) return { state: "unhealthy", reason: outcome, streak };
  return { ...before, streak };
}

function tcpCheck(host: string, port: number, from: string, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: from, timeout: timeoutMs });
    const end = (outcome: Outcome) => {
      resolve(outcome);
      socket.destroy();
    };
    socket.on("connect", () => end(undefined));
    socket.on("timeout", () => end("Target.Timeout"));
    socket.on("error", () => end("Target.FailedHealthChecks"));
  });
}

function httpCheck(host: string, port: number, from: string, check: HealthCheck): Promise<Outcome> {
  return new Promise((resolve) => {
    const timeout = check.timeoutSeconds * 1000;
    const options = { host, port, localAddress: from, path: check.path ?? "/", timeout, agent: false };
    const headers = { "user-agent": "ELB-HealthChecker/2.0" };
    const call = request({ ...options, headers }, (response) => {
      response.resume();
      resolve(matches(check.matcher, response.statusCode ?? 0) ? undefined : "Target.ResponseCodeMismatch");
    });
    call.on("timeout", () => call.destroy(new Error("timeout")));
    call.on("error", (error) =>
      resolve(error.message === "timeout" ? "Target.Timeout" : "Target.FailedHealthChecks"),
    );
    call.end();
  });
}

/** Checks one target until `stop`. */
export class TargetMonitor {
  readonly target: DesiredTarget;
  readonly #check: HealthCheck;
  readonly #from: string;
  readonly #onUnhealthy: () => void;
  #health: Health & { readonly streak: number } = {
    state: "initial",
    reason: "Elb.InitialHealthChecking",
    streak: 0,
  };
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `from`: the load balancer's address, from which the checks come. */
  constructor(target: DesiredTarget, check: HealthCheck, from: string, onUnhealthy: () => void) {
    this.target = target;
    this.#check = check;
    this.#from = from;
    this.#onUnhealthy = onUnhealthy;
    void this.#run();
  }

  get health(): Health {
    const { state, reason } = this.#health;
    return reason === undefined ? { state } : { state, reason };
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const started = Date.now();
    const { id, port } = this.target;
    const checked = this.#check.port === "traffic-port" ? port : Number(this.#check.port);
    const outcome =
      this.#check.protocol === "HTTP"
        ? await httpCheck(id, checked, this.#from, this.#check)
        : await tcpCheck(id, checked, this.#from, this.#check.timeoutSeconds * 1000);
    if (this.#stopped) return;
    const before = this.#health.state;
    this.#health = next(this.#health, outcome, this.#check);
    if (before === "healthy" && this.#health.state === "unhealthy") this.#onUnhealthy();
    const wait = Math.max(0, this.#check.intervalSeconds * 1000 - (Date.now() - started));
    this.#timer = setTimeout(() => void this.#run(), wait);
  }
}
