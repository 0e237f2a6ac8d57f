import type { FoundCheck } from "./check.ts";

/**
 * Puts the checks of a folder into their order: rounds, of which each is one check and those beside it.
 * @throws Error if a check names another that is not there, or that waits for it
 */
export function rounds<C extends Pick<FoundCheck, "name" | "after" | "beside">>(
  checks: readonly C[],
): readonly (readonly C[])[] {
  const known = checks.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const withBeside = (one: C): readonly C[] => [
    one,
    ...known.filter(({ beside }) => beside === one.name).flatMap(withBeside),
  ];
  const from = (first: C): readonly (readonly C[])[] => {
    const round = withBeside(first);
    const next = known.filter(({ after }) => round.some(({ name }) => name === after));
    return [round, ...next.flatMap(from)];
  };
  const ordered = known.filter(({ after, beside }) => !after && !beside).flatMap(from);
  const lost = known.find((check) => !ordered.flat().includes(check));
  if (lost) {
    const place = lost.after ? "after" : "beside";
    throw new Error(
      `check ${lost.name}: ${place}: ${lost[place]}: must name another check of its folder that does not wait for this one; choose one of ${known.map(({ name }) => name).join(", ")}`,
    );
  }
  return ordered;
}
