/** One row of the table of changes (config/changes.ts): a field, what its change does, and settings that change it. */
import type { HybridConfig, HybridInput } from "../schema.ts";

/** What a change does, as the reference says it. */
export const effects = {
  "in place": "What exists is changed, and keeps its identifiers, addresses and names.",
  "new tasks": "The service stays; tasks of a new revision take the place of its tasks.",
  replaced: "Something in AWS is created again and gets other identifiers.",
  "added and removed": "Something in AWS is created or deleted; what remains is not touched.",
  "only on hosts": "Steps run on hosts again, and AWS notices nothing.",
  refused: "The `up` and the preview fail before anything is touched.",
  nothing: "The next `up` has nothing to do.",
} as const;

export type Effect = keyof typeof effects;

export interface Change {
  readonly effect: Exclude<Effect, "refused">;
  /** A sentence or two for the reference: what is interrupted, and whose name or address changes. */
  readonly text: string;
  /** Over the stack of lab/changes/stack.ts. Default: that stack. */
  readonly from?: Patch;
  /** Over that stack too, not over `from`. Default: that stack. */
  readonly to?: Patch;
  /** What the engine does on the way there, as `npm run changes -- FIELD` prints it: `replace LoadBalancer NAME-lb`, `update Command NAME-*`. */
  readonly steps: readonly string[];
  /** On the way back. Default: the opposite of `steps`. */
  readonly back?: readonly string[];
  /** Whether the row decides what other changes do, or claims what they do, so that none is tried with it. Default: false. */
  readonly alone?: boolean;
}

export interface Refused extends Pick<Change, "text" | "from" | "to"> {
  readonly effect: "refused";
  /** The message of four parts, at the end of a line that the engine prints. */
  readonly message: RegExp;
}

export type Row = Change | Refused;

/**
 * A part of a stack's settings: mappings are merged, other values replaced, and `undefined` removes. An entry called NAME is
 * one that the row has for itself; `NAME` inside any other text is its name.
 */
export type Patch = PatchOf<HybridInput>;

type PatchOf<T, Forms = T> = T extends Plain | readonly unknown[]
  ? T
  : { readonly [Key in keyof T]?: PatchOf<T[Key]> | undefined } & {
      /** A union's other form has these. */
      readonly [Key in Exclude<KeysOf<Forms>, keyof T>]?: undefined;
    };

type KeysOf<Forms> = Forms extends Plain | readonly unknown[] ? never : keyof Forms;

type Plain = string | number | boolean | undefined;

/**
 * The paths of a setting's fields, as the reference writes them: each plain value, each list, and each mapping that may be absent
 * or is an entry of others by name.
 */
export type FieldsIn<T, Path extends string> = T extends Plain | readonly Plain[]
  ? Path
  : T extends readonly (infer Entry)[]
    ? Path | FieldsIn<Entry, `${Path}[]`>
    : string extends keyof T
      ? T[string & keyof T] extends Plain | readonly Plain[]
        ? Path
        : `${Path}.NAME` | FieldsIn<T[string & keyof T], `${Path}.NAME`>
      : { [Key in keyof T & string]-?: FieldsIn<T[Key], `${Path}.${Key}`> }[keyof T & string];

/** The fields of some of the top-level settings. */
export type FieldsOf<Setting extends keyof HybridConfig> = {
  [Key in Setting]: FieldsIn<HybridConfig[Key], Key>;
}[Setting];

export type Field = FieldsOf<keyof HybridConfig>;

/** The rows of a district. A field without a row does not compile, and neither does a row without a field. */
export type RowsOf<Setting extends keyof HybridConfig> = Readonly<Record<FieldsOf<Setting>, Row>>;
