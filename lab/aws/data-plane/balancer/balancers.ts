/**
 * All load balancers of the VPC. Listeners come and go with the configuration; those that stay keep their connections.
 */
import type { Server } from "node:net";
import type { DesiredLoadBalancer, DesiredRedirect, ObservedTarget } from "../contract.ts";
import { listen, redirect } from "./listener.ts";
import { TargetGroup } from "./target-group.ts";

export class Balancers {
  readonly #listeners = new Map<string, Server>();
  readonly #groups = new Map<string, TargetGroup>();

  async configure(balancers: readonly DesiredLoadBalancer[]): Promise<void> {
    const wanted = balancers.flatMap(({ addresses, listeners }) =>
      listeners.flatMap((listener) => addresses.map((address) => ({ address, listener }))),
    );
    const keyed = new Map(
      wanted.map((w) => [
        [
          ...[w.address, w.listener.port, w.listener.protocol, w.listener.targetGroupArn],
          ...[w.listener.tls?.certificate, w.listener.tls?.key],
        ].join(" "),
        w,
      ]),
    );
    const redirects = redirectsOf(balancers);
    for (const [key, server] of this.#listeners) {
      if (keyed.has(key) || redirects.has(key)) continue;
      server.close();
      this.#listeners.delete(key);
    }
    const arns = new Set(wanted.map((w) => w.listener.targetGroupArn));
    for (const [arn, group] of this.#groups) {
      if (arns.has(arn)) continue;
      group.stop();
      this.#groups.delete(arn);
    }
    // One address runs the checks for all of a group's addresses, since they are in one namespace.
    for (const arn of arns) {
      const first = wanted.find((w) => w.listener.targetGroupArn === arn);
      if (first !== undefined) this.#group(arn).update(first.listener, first.address);
    }
    for (const [key, { address, listener }] of keyed)
      if (!this.#listeners.has(key))
        this.#listeners.set(key, await listen(address, listener, this.#group(listener.targetGroupArn)));
    for (const [key, { address, one }] of redirects)
      if (!this.#listeners.has(key)) this.#listeners.set(key, await redirect(address, one));
  }

  observe(): readonly ObservedTarget[] {
    return [...this.#groups.values()].flatMap((group) => group.observe());
  }

  #group(arn: string): TargetGroup {
    const group = this.#groups.get(arn) ?? new TargetGroup(arn);
    this.#groups.set(arn, group);
    return group;
  }
}

const redirectsOf = (balancers: readonly DesiredLoadBalancer[]) =>
  new Map<string, { readonly address: string; readonly one: DesiredRedirect }>(
    balancers.flatMap(({ addresses, redirects }) =>
      addresses.flatMap((address) =>
        redirects.map((one) => [
          `${address} ${one.port} redirect ${one.toPort} ${one.status}`,
          { address, one },
        ]),
      ),
    ),
  );
