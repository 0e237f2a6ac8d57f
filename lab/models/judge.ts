/**
 * Whether AWS's model takes a value: names, types, required members, lengths, ranges, patterns and enumerations.
 * botocore's own validator knows neither patterns nor enumerations.
 */
import type { Model, Shape } from "./model.ts";

/** One thing that the model does not take: `CreateVpc.CidrBlock: "10/8": must match …`. */
export interface Finding {
  /** The operation, and the way to the member. */
  readonly path: string;
  readonly value: unknown;
  readonly rule: string;
}

const at = (path: string, value: unknown, rule: string): Finding[] => [{ path, value, rule }];

/** Patterns of AWS's models are Java's, and hold for the whole text. */
function matches(pattern: string, text: string): boolean {
  const whole = `^(?:${pattern})$`;
  try {
    return new RegExp(whole, "us").test(text);
  } catch {
    // Without the flag for Unicode, a needless backslash is allowed.
    return new RegExp(whole, "s").test(text);
  }
}

function withinSize(
  path: string,
  value: unknown,
  size: number,
  what: string,
  { min, max }: Shape,
): Finding[] {
  if (min !== undefined && size < min) return at(path, value, `must have at least ${min} ${what}`);
  if (max !== undefined && size > max) return at(path, value, `must have at most ${max} ${what}`);
  return [];
}

function text(path: string, value: unknown, shape: Shape): Finding[] {
  if (typeof value !== "string") return at(path, value, "must be a text");
  const found = withinSize(path, value, [...value].length, "characters", shape);
  if (shape.pattern !== undefined && !matches(shape.pattern, value))
    found.push(...at(path, value, `must match ${shape.pattern}`));
  if (shape.enum && !shape.enum.includes(value))
    found.push(...at(path, value, `must be one of ${shape.enum.join(", ")}`));
  return found;
}

function number(path: string, value: unknown, shape: Shape, isWhole: boolean): Finding[] {
  if (typeof value !== "number" || (isWhole && !Number.isInteger(value)))
    return at(path, value, isWhole ? "must be a whole number" : "must be a number");
  const { min, max } = shape;
  if (min !== undefined && value < min) return at(path, value, `must be at least ${min}`);
  if (max !== undefined && value > max) return at(path, value, `must be at most ${max}`);
  return [];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function structure(model: Model, path: string, value: unknown, shape: Shape): Finding[] {
  if (!isRecord(value)) return at(path, value, "must be a structure");
  const sent = Object.entries(value).filter(([, one]) => one !== undefined);
  const missing = (shape.required ?? []).filter((name) => value[name] === undefined);
  return [
    ...missing.flatMap((name) => at(`${path}.${name}`, undefined, "must be sent")),
    ...(shape.union && sent.length !== 1 ? at(path, value, "must have exactly one member") : []),
    ...sent.flatMap(([name, one]) => {
      const member = shape.members?.[name];
      return member
        ? judge(model, member.shape, one, `${path}.${name}`)
        : at(`${path}.${name}`, one, "must not be sent: the model has no such member");
    }),
  ];
}

function list(model: Model, path: string, value: unknown, shape: Shape): Finding[] {
  if (!Array.isArray(value)) return at(path, value, "must be a list");
  const { member } = shape;
  return [
    ...withinSize(path, value, value.length, "elements", shape),
    ...value.flatMap((one, i) => (member ? judge(model, member.shape, one, `${path}[${i}]`) : [])),
  ];
}

function map(model: Model, path: string, value: unknown, shape: Shape): Finding[] {
  if (!isRecord(value)) return at(path, value, "must be a map");
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return [
    ...withinSize(path, value, entries.length, "entries", shape),
    ...entries.flatMap(([key, one]) => [
      ...(shape.key ? judge(model, shape.key.shape, key, `${path}{${key}}`) : []),
      ...(shape.value ? judge(model, shape.value.shape, one, `${path}.${key}`) : []),
    ]),
  ];
}

/** Returns what the model's shape does not take of the value. Members that are undefined count as not sent. */
export function judge(model: Model, name: string, value: unknown, path: string): Finding[] {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`the model of ${model.metadata.serviceId} has no shape ${name}`);
  switch (shape.type) {
    case "structure":
      return shape.document ? [] : structure(model, path, value, shape);
    case "list":
      return list(model, path, value, shape);
    case "map":
      return map(model, path, value, shape);
    case "string":
      return text(path, value, shape);
    case "integer":
    case "long":
      return number(path, value, shape, true);
    case "float":
    case "double":
      return number(path, value, shape, false);
    case "boolean":
      return typeof value === "boolean" ? [] : at(path, value, "must be true or false");
    case "timestamp":
      return typeof value === "number" || !Number.isNaN(Date.parse(String(value)))
        ? []
        : at(path, value, "must be a time");
    case "blob":
      return typeof value === "string" ? [] : at(path, value, "must be bytes");
    default:
      throw new Error(`${path}: the judge does not know the type ${shape.type}`);
  }
}

function operationOf(model: Model, operation: string) {
  return Object.hasOwn(model.operations, operation) ? model.operations[operation] : undefined;
}

const unknownOperation = ({ metadata }: Model, operation: string): Finding[] =>
  at(operation, undefined, `must be an operation of ${metadata.serviceId}`);

export function judgeRequest(model: Model, operation: string, request: unknown): Finding[] {
  const found = operationOf(model, operation);
  if (!found) return unknownOperation(model, operation);
  return found.input ? judge(model, found.input.shape, request, operation) : [];
}

export function judgeAnswer(model: Model, operation: string, answer: unknown): Finding[] {
  const found = operationOf(model, operation);
  if (!found) return unknownOperation(model, operation);
  return found.output ? judge(model, found.output.shape, answer, operation) : [];
}

/** Returns the finding as one line. */
export const said = ({ path, value, rule }: Finding): string =>
  `${path}: ${value === undefined ? "not sent" : JSON.stringify(value)}: ${rule}`;
