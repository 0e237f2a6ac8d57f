/** The gateway in the guest: the product's own step, fed to its `sh` as `pulumi up` does it over SSH. */
import { program } from "../../pi/converge.ts";
import type { StepResult } from "../../pi/step.ts";
import { type VpnGatewayArgs, vpnGateway } from "../../pi/steps/vpn-gateway.ts";
import { endpoints, site, vpcCidr } from "../world/topology.ts";
import type { Guest } from "./guest.ts";

export type Format = VpnGatewayArgs["format"];

/** Addresses inside tunnel `n`, a /30: AWS's, and the gateway's. */
export const insideOf = (n: number) => ({
  cidr: `169.254.${9 + n}.0/30`,
  vgw: `169.254.${9 + n}.1`,
  cgw: `169.254.${9 + n}.2`,
});

export const presharedKey = (n: number) => `the.kernel.guests.own.key.${n}`;

const tunnel = (n: 1 | 2): VpnGatewayArgs["tunnels"]["tunnel1"] => {
  const { cidr, vgw, cgw } = insideOf(n);
  return {
    address: endpoints[n === 1 ? 0 : 1].address,
    presharedKey: presharedKey(n),
    cgwInsideAddress: cgw,
    vgwInsideAddress: vgw,
    insideCidr: cidr,
  };
};

export const gatewayStep = (format: Format) =>
  vpnGateway({
    format,
    dataPath: "kernel",
    siteCidrs: [site.cidr],
    vpcCidrs: [vpcCidr],
    customerGatewayAddress: site.publicAddress,
    tunnels: { tunnel1: tunnel(1), tunnel2: tunnel(2) },
  });

/** Carries the step out, or undoes it. Throws with the step's own words. */
export async function carryOut(guest: Guest, what: "converge" | "undo", format: Format): Promise<StepResult> {
  const said = await guest.run(["sh", "-s", "--", what], {
    input: program(gatewayStep(format)),
    seconds: 240,
  });
  return JSON.parse(said) as StepResult;
}
