/** Rows that do not touch each other go in one `up`. */
import { check } from "../../config/parse.ts";
import { region } from "../world/topology.ts";
import { type NamedRow, settingsOf } from "./settings.ts";
import { mayMeet } from "./steps.ts";

type Tree = Readonly<Record<string, unknown>>;

/** The paths of a patch's values. */
function pathsOf(patch: unknown, path = ""): readonly string[] {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return [path];
  return Object.entries(patch as Tree).flatMap(([key, value]) => pathsOf(value, `${path}.${key}`));
}

const patchPaths = ({ row, name }: NamedRow) =>
  [row.from, row.to]
    .flatMap((patch) => pathsOf(patch ?? {}))
    .map((path) => path.replaceAll("NAME", name).split(".").slice(1));

const isWithin = (path: readonly string[], other: readonly string[]) =>
  path.every((key, i) => other[i] === key);

/**
 * Whether both change the same setting, one a setting within one that the other replaces, or both the same mapping below a
 * top-level one: it may be a union, of which each row has another form.
 */
function touchesSettings(one: NamedRow, other: NamedRow): boolean {
  const others = patchPaths(other);
  // What exists already takes the place of everything that the stack would create of it.
  const isExisting = ([, key]: readonly string[]) => key === "existing";
  const meetsExisting = patchPaths(one).some((path) =>
    others.some((of) => path[0] === of[0] && isExisting(path) !== isExisting(of)),
  );
  if (meetsExisting) return true;
  return patchPaths(one).some((path) =>
    others.some(
      (of) =>
        isWithin(path, of) || isWithin(of, path) || (path.length > 2 && isWithin(path.slice(0, -1), of)),
    ),
  );
}

const claimsOf = ({ row, name }: NamedRow) =>
  row.effect === "refused"
    ? []
    : [...row.steps, ...(row.back ?? [])].map((step) => step.replaceAll("NAME", name));

const operationOf = (claim: string) => claim.split(" ")[0];

/** Whether the rows do different things to the same resource: the engine tells only one of them. */
function touchesResources(one: NamedRow, other: NamedRow): boolean {
  return claimsOf(one).some((a) =>
    claimsOf(other).some((b) => operationOf(a) !== operationOf(b) && mayMeet(a, b)),
  );
}

const isAccepted = (rows: readonly NamedRow[]) =>
  (["from", "to"] as const).every((when) => check(settingsOf(rows, when), region).problems.length === 0);

/** Returns the rows in as few groups as the first place that takes each of them makes. */
export function groupsOf<R extends NamedRow>(rows: readonly R[]): readonly (readonly R[])[] {
  const groups: R[][] = [];
  for (const row of rows) {
    const isAlone = ({ row }: NamedRow) => "alone" in row && row.alone === true;
    const group = groups.find(
      (others) =>
        !isAlone(row) &&
        !others.some(isAlone) &&
        !others.some((other) => touchesSettings(row, other) || touchesResources(row, other)) &&
        isAccepted([...others, row]),
    );
    if (group) group.push(row);
    else groups.push([row]);
  }
  return groups;
}
