/**
 * The cluster query language of ECS, as placement constraints use it: `attribute:redis == true and not (…)`.
 * ECS developer guide: "Create expressions to define container instances for Amazon ECS tasks".
 */
import { AwsError, documented } from "../errors.ts";

/**
 * Returns a container instance's values for a subject such as `attribute:redis` or `agentConnected`, or undefined if it
 * has none.
 */
export type Subject = (name: string) => readonly string[] | undefined;
export type Predicate = (subject: Subject) => boolean;

const invalid = (text: string) =>
  new AwsError(
    "InvalidParameterException",
    `The placement constraint expression '${text}' is not valid.`,
    documented("Amazon ECS API, CreateService, errors: InvalidParameterException"),
  );

const token =
  /\s*(\(|\)|\[|\]|,|&&|\|\||==|!=|>=|<=|=~|!~|!exists|!in|!|>|<|"[^"]*"|'[^']*'|[^\s()[\],!=<>&|"']+)/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (!match?.[1]) throw invalid(text);
    found.push(match[1]);
  }
  return found;
}

function compare(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
}

type Test = (values: readonly string[] | undefined, wanted: readonly string[]) => boolean;
const one =
  (test: (value: string, wanted: string) => boolean): Test =>
  (values, [wanted]) =>
    wanted !== undefined && (values?.some((v) => test(v, wanted)) ?? false);
const not =
  (test: Test): Test =>
  (values, wanted) =>
    !test(values, wanted);

const equals = one((v, w) => v === w);
const within: Test = (values, wanted) => values?.some((v) => wanted.includes(v)) ?? false;
const matches = one((v, w) => new RegExp(w).test(v));
const exists: Test = (values) => values !== undefined;

const operators: Readonly<Record<string, Test>> = {
  "==": equals,
  equals,
  "!=": not(equals),
  not_equals: not(equals),
  ">": one((v, w) => compare(v, w) > 0),
  greater_than: one((v, w) => compare(v, w) > 0),
  ">=": one((v, w) => compare(v, w) >= 0),
  greater_than_equal: one((v, w) => compare(v, w) >= 0),
  "<": one((v, w) => compare(v, w) < 0),
  less_than: one((v, w) => compare(v, w) < 0),
  "<=": one((v, w) => compare(v, w) <= 0),
  less_than_equal: one((v, w) => compare(v, w) <= 0),
  in: within,
  "!in": not(within),
  not_in: not(within),
  "=~": matches,
  matches,
  "!~": not(matches),
  not_matches: not(matches),
  exists,
  "!exists": not(exists),
  not_exists: not(exists),
};
const unary = [exists, operators["!exists"], operators.not_exists];
const subjects =
  /^(attribute:[A-Za-z0-9_./-]+|agentConnected|agentVersion|ec2InstanceId|registeredAt|runningTasksCount|task:group)$/;

/** Parses an expression. Throws InvalidParameterException where ECS would. */
export function parseExpression(text: string): Predicate {
  const rest = tokens(text);
  const next = (): string => rest.shift() ?? "";
  const accept = (...words: string[]): boolean => words.includes(rest[0] ?? "") && next() !== "";
  const literal = (): string => {
    const word = next();
    if (word === "" || /^[()[\],]$/.test(word)) throw invalid(text);
    return word.replace(/^(["'])(.*)\1$/, "$2");
  };
  const list = (): string[] => {
    if (!accept("[")) throw invalid(text);
    const items = [literal()];
    while (accept(",")) items.push(literal());
    if (!accept("]")) throw invalid(text);
    return items;
  };
  const condition = (): Predicate => {
    if (accept("(")) {
      const inner = either();
      if (!accept(")")) throw invalid(text);
      return inner;
    }
    if (accept("not", "!")) {
      const inner = condition();
      return (s) => !inner(s);
    }
    const name = next();
    const word = next();
    const test = operators[word];
    if (!subjects.test(name) || !test) throw invalid(text);
    if (unary.includes(test)) return (s) => test(s(name), []);
    const wanted = [within, operators["!in"], operators.not_in].includes(test) ? list() : [literal()];
    return (s) => test(s(name), wanted);
  };
  const both = (): Predicate => {
    let left = condition();
    while (accept("and", "&&")) {
      const [a, b] = [left, condition()];
      left = (s) => a(s) && b(s);
    }
    return left;
  };
  const either = (): Predicate => {
    let left = both();
    while (accept("or", "||")) {
      const [a, b] = [left, both()];
      left = (s) => a(s) || b(s);
    }
    return left;
  };
  const whole = either();
  if (rest.length > 0) throw invalid(text);
  return whole;
}

/** Rejects an expression that ECS would reject. */
export function checkExpression(text: string | undefined): void {
  if (text === undefined || text.trim() === "") throw invalid(text ?? "");
  parseExpression(text);
}
