import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayHost, labHosts } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { inHost } from "../../world/host.ts";
import { person, privateKey } from "../../world/keys.ts";
import { paths } from "../../world/paths.ts";
import { check } from "../check.ts";

type Secret = readonly [kind: string, value: string];

/** The least number of each kind: the person's key and the stack's own, a tunnel's … */
const expected = {
  "private key": 2,
  tunnel1PresharedKey: 1,
  tunnel2PresharedKey: 1,
  activationCode: 1,
  parameter: 1,
};

/** Returns what the simulated AWS keeps secret: pre-shared keys, activation codes and Parameter Store's secrets. */
function secretsOfAws(): readonly Secret[] {
  const state: unknown = JSON.parse(readFileSync(join(paths.aws, "state.json"), "utf8"));
  const found: Secret[] = [];
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

/** Returns the line that has the key itself: the same for every writer of OpenSSH's format (PROTOCOL.key), for Ed25519. */
const heart = (key: string) => key.split("\n")[4] ?? key;

/**
 * Returns the files of a host that hold one of the values. Skips Docker's: a container has its parameters in its environment.
 */
async function filesWith(host: string, values: readonly string[]): Promise<readonly string[]> {
  const search = "grep -rlF --exclude-dir=docker -f - /etc /root /home /var/lib /var/log || [ $? -eq 1 ]";
  const found = await inHost(host, ["sh", "-c", search], values.join("\n"));
  return found.split("\n").filter(Boolean);
}

const valuesOf = (secrets: readonly Secret[], ...kinds: readonly string[]) =>
  secrets.filter(([name]) => kinds.includes(name)).map(([, value]) => value);

export default check({
  title: "No key and no code is in the exported state, in a log, in a host's journal, or in a file of a host",
  details:
    "Looks for pre-shared keys, activation codes, parameters and private keys (the person's and the stack's own); in a host's files for codes and private keys only",
  beside: "page",
  run: async () => {
    const { outputs: made } = await carryOut({ operation: "privateKeys", stack: "lab" });
    const secrets: readonly Secret[] = [
      ...secretsOfAws(),
      ["private key", heart(privateKey(person))],
      ...(made.privateKeys as readonly string[]).map((key): Secret => ["private key", heart(key)]),
    ];
    for (const [kind, least] of Object.entries(expected))
      assert(valuesOf(secrets, kind).length >= least, `fewer than ${least} of ${kind} to look for`);
    const { outputs } = await carryOut({ operation: "export", stack: "lab" });
    const logs = readdirSync(paths.log).map(
      (file) => [file, readFileSync(join(paths.log, file), "utf8")] as const,
    );
    const hosts = labHosts().map(({ name }) => name);
    const journals = await Promise.all(
      hosts.map(async (name) => [`journal of ${name}`, await inHost(name, ["journalctl", "-q"])] as const),
    );
    const places = [["exported state", JSON.stringify(outputs)] as const, ...logs, ...journals];
    const leaks = places.flatMap(([place, text]) =>
      secrets.filter(([, value]) => text.includes(value)).map(([name]) => `${name} in ${place}`),
    );
    const nowhere = valuesOf(secrets, "activationCode", "private key");
    const files = await Promise.all(
      hosts.map(async (name) => (await filesWith(name, nowhere)).map((file) => `${name}: ${file}`)),
    );
    assert.deepEqual([...leaks, ...files.flat()], []);
    // The search itself must be able to find one: where the gateway needs it, it is.
    const keys = valuesOf(secrets, "tunnel1PresharedKey");
    const kept = await filesWith(gatewayHost().name, keys);
    assert(kept.includes("/etc/ipsec.secrets"), `not even in /etc/ipsec.secrets, only in ${kept}`);
    return `${secrets.length} secrets looked for in ${places.length} places, and in the files of ${hosts.length} hosts`;
  },
});
