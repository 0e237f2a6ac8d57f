/** The smallest stack, parts of others, and tests of their refusals. */
import test from "ava";
import { InvalidInput } from "../../config/errors.ts";
import { parse } from "../../config/parse.ts";

export const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx";

export const node = (address: string, more: object = {}) => ({ address, hostKey, node: {}, ...more });

export const base = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "gateway" },
  hosts: { gateway: { address: "192.168.1.196", hostKey }, "pi-1": node("192.168.1.101") },
};

export const service = { image: "example/web:1", memoryMiB: 64 };

/** A service with a fixed host port. */
export const web = { ...service, network: { mode: "bridge", ports: [{ host: 8080, container: 80 }] } };

/** Declares a test for each configuration: it is refused in us-east-1 with exactly this message. */
export function refused(cases: readonly (readonly [title: string, config: object, message: string])[]): void {
  for (const [title, config, message] of cases) {
    test(`refused: ${title}`, (t) => {
      const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
      t.is(error?.message, message);
    });
  }
}
