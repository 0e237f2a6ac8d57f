/** What several services share. */
import { containsCidr, overlapCidr, parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { z } from "zod";
import type { Aws } from "../aws.ts";
import { AwsError } from "../errors.ts";
import type { Kind, Resource } from "../kind.ts";
import { mentions } from "../values.ts";

export { containsCidr, overlapCidr };

/** The `index`th address of a range, counted from 0. */
export const addressAt = (cidr: string, index: number): string =>
  stringifyIp({ number: parseCidr(cidr).start + BigInt(index), version: 4 });

export const prefixLength = (cidr: string): number => Number(parseCidr(cidr).prefix);

/** The host bits of a range are zero. */
export const isNetworkAddress = (cidr: string): boolean => {
  const { ip, start } = parseCidr(cidr);
  return stringifyIp({ number: start, version: 4 }) === ip;
};

/** The resources among `types` whose inputs name `id`. */
export const users = (aws: Aws, id: string, types: readonly string[]): Resource[] =>
  types.flatMap((type) => aws.resources(type)).filter((r) => r.id !== id && mentions(r.inputs, id));

/** Looks a resource up; refuses as EC2 does when there is none. */
export const need = <I>(aws: Aws, kind: Kind<I>, id: string, code: string, told: string): Resource<I> => {
  const found = kind.get(aws, id);
  if (!found) throw new AwsError(code, told);
  return found;
};

export const refuseWhenUsed = (
  aws: Aws,
  id: string,
  types: readonly string[],
  told: string,
  code = "DependencyViolation",
): void => {
  if (users(aws, id, types).length > 0) throw new AwsError(code, told);
};

/** Text of an output, which the state file keeps untyped. */
export const text = (resource: Resource<unknown> | undefined, output: string): string =>
  z.string().catch("").parse(resource?.outputs[output]);
