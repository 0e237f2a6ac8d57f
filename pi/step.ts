/**
 * A step: one concern of one host, as plain data. Renderers in `steps/` are pure functions from plain values to a
 * Step; `converge.ts` joins a Step with the converge program into the text that a host's `sh` reads from stdin.
 */

/** A file that the step owns whole. Nothing else writes it. Undo restores what was there before the step. */
export interface OwnedFile {
  /** Absolute path on the host. Missing folders are made (mode 755) and, when they were made here, removed by undo. */
  readonly path: string;
  /** Octal, for example "600". */
  readonly mode: `${number}`;
  /** Whole content; ends in a newline. May hold a secret: it travels on stdin only. */
  readonly content: string;
}

/** A package of the distribution. Undo removes it when it came with the step and nothing else needs it. */
export interface Package {
  readonly name: string;
  /** Commands (`nft`), units (`docker.service`) and absolute paths: if one of them exists, the package is not needed. */
  readonly unless?: readonly string[];
  /** What the package leaves behind when it is removed: goes with it, unless it was there before the step. */
  readonly leaves?: {
    readonly users?: readonly string[];
    readonly groups?: readonly string[];
    /** Absolute paths; removed with everything in them. */
    readonly folders?: readonly string[];
  };
}

/** A unit of systemd. What it was before the step (enabled or not, running or not) comes back with undo. */
export interface Unit {
  /** With its suffix, such as docker.service. */
  readonly name: string;
  /** Started at boot. Default: as it is. */
  readonly enabled?: boolean;
  /** Default: as it is; a unit that runs still follows its files. */
  readonly running?: boolean;
  /** Absolute paths, a folder's ending in a slash: a change of one of them, or of a file in it, restarts the unit. */
  readonly restartOn?: readonly string[];
  /** As `restartOn`, for a unit that reloads. */
  readonly reloadOn?: readonly string[];
}

/**
 * A table of nftables that is the step's alone. Its file is checked before it takes effect; it is loaded before the
 * network is up, and again whenever nftables.service has flushed all tables.
 */
export interface NftTable {
  /** Family and name, such as `inet ecs_anywhere_hybrid_egress`. */
  readonly name: string;
  /** Path of an owned file, which deletes the table before it defines it, so that it takes effect as a whole. */
  readonly file: string;
}

/**
 * POSIX sh, run as root by the converge program with stdin closed, `set -eu`, and these helpers in scope:
 *
 * - `say TEXT`: progress for a person, on stderr
 * - `fail FIELD VALUE RULE REMEDY`: ends the step with this error
 * - `run COMMAND…`: runs a command that must succeed; when it does not, ends the step with the command and its output
 * - `fact KEY VALUE`: puts a string into the result (only in `verify`)
 * - `install_packages NAME…`: by the host's package manager, waiting for its lock; remembers what was not there before
 * - `remove_packages`: removes exactly what `install_packages` of this step brought (only in `undo`; not when a first
 *   converge failed and `undo` runs to put back what was there: the packages then stay for the next try)
 * - `own_file PATH MODE` (only in `detect`): declares an OwnedFile; its content comes on stdin
 * - `add_word WORD PATH…` (only in `detect`): declares a word on a file's one line, such as a kernel flag. Of the paths the
 *   first that exists counts; that none does is an error
 * - `add_block PATH [MODE OWNER [BELOW]]` (only in `detect`): declares the lines that come on stdin, between two marker
 *   comments that name the step, at the file's end or below its first line that says BELOW. With a mode and an owner a
 *   missing file is made; without them that is an error
 * - `before NAME`: prints what `remember` kept; fails while nothing was kept
 * - `is_ours KIND NAME`: whether a `package`, a `unit` or another declared thing is there, or as it is, because of this step
 * - `nothing_differed` (only in `apply`): whether everything declared was in force, so that only `verify` asked for `apply`
 * - `contains TEXT PART`, `has_line LINES LINE`, `has_word WORDS WORD`
 * - `$STATE`: the step's own folder under /var/lib/ecs-anywhere-hybrid, mode 700, kept between runs
 * - `$ROOT`: the root that paths are under; empty on a host, a scratch folder in tests
 */
export type Script = string;

/** One concern of one host; see the top of this file. Paths, modes and texts must be such that a host could carry it out. */
export interface Step {
  /** Names the resource (`pi-1-<name>`), the state folder and every message. */
  readonly name: string;
  readonly files?: readonly OwnedFile[];
  /** Brought before any file is placed, in this order. */
  readonly packages?: readonly Package[];
  /**
   * Settings of the running kernel and of each boot, by dotted key, of which a part may be `*`. Undo restores what the
   * kernel had before, or what a file of another owner says; `keptFor`: unless this unit runs, which needs the setting.
   */
  readonly sysctls?: Readonly<Record<string, string | { readonly value: string; readonly keptFor: string }>>;
  /** Loaded after the files are in place, before `units`. */
  readonly tables?: readonly NftTable[];
  /** Enabled, started, restarted or reloaded once everything else is in place, before `apply`. */
  readonly units?: readonly Unit[];
  /**
   * Facts about the host before the step: for each name the function `before_NAME` of `script` prints lines without tabs,
   * once, before anything is brought.
   */
  readonly remember?: readonly string[];
  /**
   * The step's `.sh` files (`script` in pi/script.ts): functions `step_detect`, `step_require` and so on, which take the
   * place of the fields below, and what they call. It reads `variables`.
   */
  readonly script?: Script;
  /** Values for `script`, each as one shell variable: plain text, or a line per entry. May be secret. */
  readonly variables?: Readonly<Record<Uppercase<string>, string | number | readonly string[]>>;
  /**
   * Declares the files that only the host can tell, such as those of its network manager, and what is changed inside
   * files that others own: all else in these stays as it is, byte by byte, also when it is undone. Reads only.
   */
  readonly detect?: Script;
  /** Checks what must hold before anything is touched (system, disk space, architecture). Reads only. */
  readonly require?: Script;
  /**
   * Brings what the rest needs, above all packages, before any file is placed and before the dead man's switch is
   * armed. Runs when a file differs or `verify` failed; idempotent.
   */
  readonly prepare?: Script;
  /** Checks the staged files before they are put in place: each is at `$STAGE/<path>`, readable by root. */
  readonly validate?: Script;
  /**
   * Makes the files effective. Runs when a file changed or `verify` failed; idempotent. It reads them from the host:
   * after a failure it runs once more, with the files of the version before.
   */
  readonly apply?: Script;
  /**
   * Exit status 0 when the step is in force, read from the running system. Reads only, takes milliseconds. Default: the
   * script's `step_verify`, which must be there then.
   */
  readonly verify?: Script;
  /** How long `verify` may take to succeed after `apply`. Default: 15. */
  readonly settleSeconds?: number;
  /** Prints what the daemon said when `verify` never succeeded. Reads only. */
  readonly explain?: Script;
  /** Run by undo after the files were put back. Succeeds on a host that is already clean. */
  readonly undo?: Script;
  /**
   * The change may cut the SSH path: unless the new state is confirmed within these seconds (verified, and the SSH
   * connection still carries bytes), the host puts the old state back. More than `settleSeconds`, by what
   * `apply` may take and 15.
   */
  readonly deadMansSwitchSeconds?: number;
  /** Something on the host takes effect only after a reboot; the `reboot` step sees to it. */
  readonly needsReboot?: boolean;
  /** Texts of this step that no output may show, also when a command prints them: keys, codes. */
  readonly secrets?: readonly string[];
}

/** The line of JSON that a step prints on stdout. */
export interface StepResult {
  readonly step: string;
  /**
   * Paths that were changed; of what else was brought, kind and name, such as `unit docker.service`; "apply" when only the
   * running system had to be changed. Empty: nothing differed.
   */
  readonly changed: readonly string[];
  /** What `verify` reported with `fact`. */
  readonly facts: Readonly<Record<string, string>>;
}
