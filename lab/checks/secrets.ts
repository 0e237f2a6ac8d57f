import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { carryOut } from "../operations.ts";
import { inHost } from "../world/host.ts";
import { person, privateKey } from "../world/keys.ts";
import { paths } from "../world/paths.ts";
import { type Check, gatewayHost, labHosts } from "./check.ts";

/** What the simulated AWS keeps in confidence: pre-shared keys, activation codes and Parameter Store's secrets, by name. */
function secretsOfAws(): readonly (readonly [name: string, value: string])[] {
  const state: unknown = JSON.parse(readFileSync(join(paths.aws, "state.json"), "utf8"));
  const found: [string, string][] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("type" in value && value.type === "SecureString" && "value" in value)
      found.push(["parameter", String(value.value)]);
    for (const [key, inner] of Object.entries(value)) {
      if (/^(tunnel[12]PresharedKey|activationCode)$/.test(key) && typeof inner === "string")
        found.push([key, inner]);
      else look(inner);
    }
  };
  look(state);
  return found;
}

/** The line of a private key that tells it from others. */
const heart = (key: string) => key.split("\n").at(-3) ?? key;

export const secretsKept: Check = {
  name: "secrets",
  title: "No key and no code is in the exported state, in a log, or in a host's journal",
  run: async () => {
    const secrets = [...secretsOfAws(), ["the person's key", heart(privateKey(person))] as const];
    assert(secrets.length >= 5, `only ${secrets.length} secrets found to look for`);
    const { outputs } = await carryOut({ operation: "export", stack: "lab" });
    const logs = readdirSync(paths.log).map(
      (file) => [file, readFileSync(join(paths.log, file), "utf8")] as const,
    );
    const journals = await Promise.all(
      labHosts().map(
        async ({ name }) => [`journal of ${name}`, await inHost(name, ["journalctl", "-q"])] as const,
      ),
    );
    const places = [["exported state", JSON.stringify(outputs)] as const, ...logs, ...journals];
    const leaks = places.flatMap(([place, text]) =>
      secrets.filter(([, value]) => text.includes(value)).map(([name]) => `${name} in ${place}`),
    );
    assert.deepEqual(leaks, []);
    // The search itself must be able to find one: where the gateway needs it, it is.
    const file = await inHost(gatewayHost().name, ["cat", "/etc/ipsec.secrets"]);
    assert(
      secrets.some(([, value]) => file.includes(value)),
      "not even in /etc/ipsec.secrets",
    );
    return `${secrets.length} secrets looked for in ${places.length} places`;
  },
};
