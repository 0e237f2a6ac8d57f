import { Listener, type ListenerArgs } from "@pulumi/aws/lb/listener.js";
import type * as pulumi from "@pulumi/pulumi";
import { certificateProblems, listenerPortOf } from "../../limits/load-balancing.ts";
import { tags } from "../shared/tags.ts";
import type { BalancerKind } from "./balancer-options.ts";
import { inRegion } from "./in-region.ts";

/** A port that clients connect to. */
export interface ClientPort {
  readonly port: number;
  readonly options: Pick<ListenerArgs, "protocol" | "sslPolicy" | "certificateArn">;
  /** Port of HTTPS that requests are redirected to; absent: they go to the targets. */
  readonly redirectTo?: number;
}

/** Returns the ports that clients connect to, first the one whose requests go to the targets. */
export function clientPorts(
  parent: pulumi.Resource,
  name: string,
  args: BalancerKind & { readonly listenerPort?: number | undefined },
): readonly ClientPort[] {
  const port = listenerPortOf(args);
  const { type, tls } = args;
  if (!tls) return [{ port, options: { protocol: type === "network" ? "TCP" : "HTTP" } }];
  const field = `${name}.tls.certificateArn`;
  const certificateArn = inRegion(parent, field, tls.certificateArn, certificateProblems);
  const secure = { sslPolicy: tls.policy, certificateArn };
  if (type === "network") return [{ port, options: { protocol: "TLS", ...secure } }];
  const https = { port, options: { protocol: "HTTPS", ...secure } };
  const { redirectFrom } = args.tls ?? {};
  return redirectFrom
    ? [https, { port: redirectFrom, options: { protocol: "HTTP" }, redirectTo: port }]
    : [https];
}

/**
 * Creates a listener for each port, `<name>-listener-<port>`: a load balancer takes one for a port, so none waits for a
 * port that another still has, also when TLS is added or removed.
 */
export function createListeners(
  parent: pulumi.Resource,
  name: string,
  ports: readonly ClientPort[],
  balancer: { readonly arn: pulumi.Input<string>; readonly targetGroupArn: pulumi.Input<string> },
): void {
  let before: readonly Listener[] = [];
  for (const { port, options, redirectTo } of ports) {
    const listener = `${name}-listener-${port}`;
    const created = new Listener(
      listener,
      {
        loadBalancerArn: balancer.arn,
        port,
        ...options,
        defaultActions: [
          redirectTo === undefined
            ? { type: "forward", targetGroupArn: balancer.targetGroupArn }
            : {
                type: "redirect",
                redirect: { protocol: "HTTPS", port: String(redirectTo), statusCode: "HTTP_301" },
              },
        ],
        tags: tags(listener),
      },
      {
        parent,
        // Clients are redirected once HTTPS answers.
        dependsOn: [...before],
        // A load balancer takes one listener for a port: one with another protocol comes when the old one is gone.
        deleteBeforeReplace: true,
        // The provider keeps the security policy of a listener that loses TLS, and AWS then refuses the change:
        // https://github.com/hashicorp/terraform-provider-aws/issues/1851
        replaceOnChanges: ["protocol"],
      },
    );
    before = [created];
  }
}
