/** Pins the hosts' SSH keys in a stack file, each one confirmed by a person. */
import { isMap, type YAMLMap } from "yaml";
import { z } from "zod";
import { InvalidInput } from "../../config/errors.ts";
import { problemsOfIssues } from "../../config/issues.ts";
import { host } from "../../config/schema.ts";
import type { Problem } from "../../limits/problem.ts";
import { openStackFile, type StackFile, saveStackFile, settings } from "../stack-file.ts";
import { type HostKey, hostKey, type Scan, scan } from "./scan.ts";

export interface PinOptions {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  readonly stack: string;
  /** Accept new keys without asking. A changed key is never accepted without a person. */
  readonly yes: boolean;
  /** Asks the person; "" without a terminal. */
  readonly ask: (question: string) => Promise<string>;
  readonly say: (line: string) => void;
  /** The time that a silent host gets. Default 5. */
  readonly timeoutSeconds?: number;
}

/** The fields of a host that this tool needs. The rest of the stack file may still be incomplete. */
const scannable = z.object({
  address: host.shape.address,
  port: host.shape.port,
  dead: host.shape.dead,
  hostKey: z.string().optional(),
});

type State = "new" | "same" | "changed";

interface Finding {
  readonly name: string;
  readonly address: string;
  readonly state: State;
  readonly pinned?: HostKey;
  readonly offered: HostKey;
}

/**
 * Scans all living hosts in parallel, shows their keys, asks, and writes the accepted ones.
 *
 * @returns the hosts that did not answer, and the keys that were not accepted
 * @throws InvalidInput when the stack or its hosts cannot be read
 */
export async function pinHostKeys(options: PinOptions): Promise<Problem[]> {
  const { say, timeoutSeconds } = options;
  const file = await openStackFile(options.folder, options.stack);
  const hosts = Object.entries(scannableHosts(file)).filter(([, { dead }]) => !dead);
  say(
    `Asking ${hosts.length} ${hosts.length === 1 ? "host" : "hosts"} of stack ${options.stack} for their keys.`,
  );
  const scans = await Promise.all(
    hosts.map(async ([name, { address, port, hostKey: pinned }]) => {
      const answer = await scan(name, address, port, timeoutSeconds);
      return "problem" in answer ? answer : finding(name, address, answer, pinned);
    }),
  );
  const problems = scans.flatMap((found) => ("problem" in found ? [found.problem] : []));
  const findings = scans.flatMap((found) => ("problem" in found ? [] : [found]));
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  for (const found of findings) {
    say(
      `  ${found.name.padEnd(width)}  ${found.address.padEnd(15)}  ${found.state.padEnd(7)}  ${shown(found.offered)}`,
    );
  }

  let written = 0;
  let all = options.yes;
  if (!all && findings.some(({ state }) => state === "new")) {
    say("Compare each fingerprint with what the host itself prints, on its own screen:");
    say("  cat /etc/ssh/ssh_host_*_key.pub | ssh-keygen -lf -");
  }
  for (const found of findings) {
    if (found.state === "same") continue;
    const verdict =
      found.state === "changed"
        ? await confirmChanged(found, options)
        : all
          ? "yes"
          : await confirmNew(found, options);
    all ||= verdict === "all";
    if (verdict === "no") problems.push(notPinned(found));
    else {
      pin(file, found.name, found.offered);
      written += 1;
    }
  }
  if (written > 0) await saveStackFile(file);
  say(`${written} ${written === 1 ? "key" : "keys"} written to Pulumi.${options.stack}.yaml.`);
  return problems;
}

function scannableHosts(file: StackFile) {
  const raw = { hosts: settings(file).hosts ?? {} };
  const { data, error } = z
    .object({ hosts: z.record(z.string(), scannable) })
    .safeParse(raw, { reportInput: true });
  if (!data) throw new InvalidInput(problemsOfIssues(error.issues, raw));
  return data.hosts;
}

/** A host is the same as long as the pinned key is one of its keys, also if it has a preferred one too. */
function finding(
  name: string,
  address: string,
  { keys }: Extract<Scan, { keys: unknown }>,
  text?: string,
): Finding {
  const [preferred] = keys;
  if (text === undefined) return { name, address, state: "new", offered: preferred };
  const pinned = hostKey(text);
  const match = keys.find((key) => key.text === text);
  return match
    ? { name, address, state: "same", pinned, offered: match }
    : { name, address, state: "changed", pinned, offered: preferred };
}

const shown = ({ text, fingerprint }: HostKey) => `${text.split(" ")[0]} ${fingerprint}`;

async function confirmNew({ name, offered }: Finding, { ask }: PinOptions): Promise<"yes" | "no" | "all"> {
  const answer = (
    await ask(`${name}: is ${offered.fingerprint} its key? [y]es, [n]o, [a]ll new ones: `)
  ).toLowerCase();
  if (answer === "a" || answer === "all") return "all";
  return answer === "y" || answer === "yes" ? "yes" : "no";
}

async function confirmChanged(
  { name, address, pinned, offered }: Finding,
  options: PinOptions,
): Promise<"yes" | "no"> {
  const { say, ask, stack } = options;
  say("");
  say(`!!! THE KEY OF ${name} HAS CHANGED`);
  say(`!!! pinned in Pulumi.${stack}.yaml:  ${pinned ? shown(pinned) : ""}`);
  say(`!!! answered now at ${address}:  ${shown(offered)}`);
  say("!!! Either the host's system was reinstalled, or another machine answers at its address.");
  say(`!!! After a reinstallation, also raise hosts.${name}.node.reinstalled by one, if it is a node.`);
  if (options.yes) return "no";
  return (await ask(`Type ${name} to pin the new key, anything else to keep the old one: `)) === name
    ? "yes"
    : "no";
}

function notPinned({ name, state, offered }: Finding): Problem {
  return {
    field: `hosts.${name}.hostKey`,
    value: offered.fingerprint,
    rule:
      state === "changed"
        ? "must be the pinned key, or confirmed by a person"
        : "must be confirmed by a person",
    remedy: "compare the fingerprint on the host, then run this again in a terminal, without --yes",
  };
}

/** Right after the address, where a reader looks for it. */
function pin({ document, project }: StackFile, name: string, { text }: HostKey): void {
  const node = document.getIn(["config", `${project}:hosts`, name], true);
  if (!isMap(node)) throw new Error(`hosts.${name} is not a mapping`);
  const map: YAMLMap = node;
  if (map.has("hostKey")) map.set("hostKey", text);
  else {
    const address = map.items.findIndex(({ key }) => String(key) === "address");
    map.items.splice(address + 1, 0, document.createPair("hostKey", text));
  }
}
