/** One claim about a running system. A file in a folder of checks is one: nothing else registers it (`find.ts`). */
export interface Check {
  /** What `npm run lab -- check NAME` calls it: for a file, the file's name. */
  readonly name: string;
  /** The claim, as a sentence. */
  readonly title: string;
  /** Fewest nodes that the claim makes sense with. Default: 1. */
  readonly nodes?: number;
  /** Returns what was seen; throws when the claim does not hold. */
  readonly run: () => Promise<string>;
}

/** Where a check runs among the others of its folder, by their names. Default: first. */
type Place =
  | { readonly after?: string; readonly beside?: never }
  /** Neither disturbs the other: they run at the same time. */
  | { readonly beside: string; readonly after?: never };

/** What a file in a folder of checks says; its name is the file's. */
export type CheckFile<Run = Check["run"]> = Omit<Check, "name" | "run"> & {
  readonly run: Run;
  /** What else docs/lab.md says of it, in Markdown. */
  readonly details?: string;
} & Place;

/** A check that was found in its folder. */
export type FoundCheck<Run = Check["run"]> = CheckFile<Run> & Pick<Check, "name">;

/** Declares the check of a file: `export default check({ … })`. */
export function check(file: CheckFile): CheckFile {
  return file;
}
