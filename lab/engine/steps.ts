/** What a stack sent to its hosts, read from its state. */
import { z } from "zod";

/** A step as the stack sends it to a host: the text for its `sh`. May contain secrets. */
export interface HostStep {
  readonly host: string;
  readonly name: string;
  readonly program: string;
}

/** A secret in the plain export of a state: JSON text behind Pulumi's signature. */
const secret = z
  .object({ plaintext: z.string() })
  .transform(({ plaintext }) => z.string().parse(JSON.parse(plaintext)));

const command = z.object({
  type: z.literal("command:remote:Command"),
  urn: z.string(),
  parent: z.string(),
  inputs: z.object({ stdin: z.union([z.string(), secret]) }),
});

const privateKey = z.object({
  type: z.literal("tls:index/privateKey:PrivateKey"),
  outputs: z.object({ privateKeyOpenssh: secret }),
});

const nameIn = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** @param resources those of a deployment that was exported with its secrets unencrypted */
export function stepsOf(resources: readonly unknown[]): readonly HostStep[] {
  return resources.flatMap((resource) => {
    const { data } = command.safeParse(resource);
    if (!data) {
      return [];
    }
    const host = nameIn(data.parent);
    return [{ host, name: nameIn(data.urn).slice(host.length + 1), program: data.inputs.stdin }];
  });
}

/** The private keys that the stack made, such as its automation key. Parameter as of `stepsOf`. */
export const privateKeysOf = (resources: readonly unknown[]): readonly string[] =>
  resources.flatMap((resource) => privateKey.safeParse(resource).data?.outputs.privateKeyOpenssh ?? []);
