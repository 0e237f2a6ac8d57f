/** A service model as botocore has it (`service-2.json`): operations, shapes and errors. */
import { z } from "zod";

const reference = z.object({ shape: z.string() });

const shape = z.object({
  type: z.string(),
  members: z.record(z.string(), reference).optional(),
  required: z.array(z.string()).optional(),
  /** Of a list. */
  member: reference.optional(),
  /** Of a map. */
  key: reference.optional(),
  value: reference.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
  /** A structure of which exactly one member is sent. */
  union: z.boolean().optional(),
  document: z.boolean().optional(),
  exception: z.boolean().optional(),
  error: z.object({ code: z.string().optional() }).optional(),
});
export type Shape = z.output<typeof shape>;

export const model = z.object({
  metadata: z.object({ serviceId: z.string(), targetPrefix: z.string().optional() }),
  operations: z.record(
    z.string(),
    z.object({
      input: reference.optional(),
      output: reference.optional(),
      errors: z.array(reference).optional(),
    }),
  ),
  shapes: z.record(z.string(), shape),
});
export type Model = z.output<typeof model>;

/** Returns the codes that the model names for an operation; without one, for all. EC2's model names none. */
export function errorCodes({ operations, shapes }: Model, operation?: string): ReadonlySet<string> {
  const of = operation === undefined ? Object.values(operations) : [operations[operation]];
  const errors = of.flatMap((one) => one?.errors ?? []);
  return new Set(errors.flatMap(({ shape: name }) => [name, shapes[name]?.error?.code ?? name]));
}
