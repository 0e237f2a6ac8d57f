/** Faults of a tunnel in the guest: the lab's own three. */
import { faultTable, lostPath, type TunnelNumber } from "../load/faults.ts";
import { internet } from "../world/topology.ts";
import { killEndpointScript, startEndpoint, swanctlScript } from "./endpoint.ts";
import type { Guest } from "./guest.ts";

export interface GuestFault {
  readonly name: string;
  /** A script for the guest's sh. */
  readonly begin: (n: TunnelNumber) => string;
  readonly end: (guest: Guest, n: TunnelNumber) => Promise<unknown>;
}

const inInternet = `ip netns exec ${internet} nft`;

export const killed: GuestFault = {
  name: "endpoint killed",
  begin: killEndpointScript,
  end: startEndpoint,
};

export const guestFaults: readonly GuestFault[] = [
  killed,
  {
    name: "path lost, without a word",
    begin: (n) => `${inInternet} -f - <<'END'\n${lostPath(n)}END\n`,
    end: (guest) => guest.sh(`${inInternet} delete table ip ${faultTable}`),
  },
  {
    name: "closed by AWS in order",
    begin: (n) => `${swanctlScript(n, "--terminate", "--ike", "site")}\n`,
    end: async () => {},
  },
];
