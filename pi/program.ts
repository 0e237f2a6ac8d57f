/**
 * The converge program as one file, which a host gets once and of which root keeps copies, and the short texts that it
 * carries out. Pure, except for the file on this computer that is uploaded.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRoot, becomeRoot, library, type ProgramOptions, rerun, setting, stepHeader } from "./converge.ts";
import { compact, hereDocument, quote } from "./quote.ts";
import { allScripts } from "./script.ts";
import type { Step } from "./step.ts";

const part = (name: string) => readFileSync(new URL(`program/${name}.sh`, import.meta.url), "utf8");

/** Where the uploaded program is on a host, relative to the user's home. */
export const uploadPath = ".ecs-anywhere-hybrid";

let whole: string | undefined;

/** Returns the program: the user's half, which an empty STEP asks for, and root's, which follows a step's header. */
export function hostProgram(): string {
  whole ??= `if [ -z "$STEP" ]; then\n${becomeRoot(part("restore"))}fi\n${library(allScripts())}`;
  return whole;
}

/** A file of this computer. */
export interface ProgramFile {
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

const files = new Map<string, ProgramFile>();
let folder: string | undefined;

/**
 * Returns a file with the program, which exists as long as this process.
 *
 * @param again a changed text makes another file of the same program
 */
export function programFile(again = ""): ProgramFile {
  const known = files.get(again);
  if (known) return known;
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "ecs-anywhere-hybrid-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const text = again === "" ? hostProgram() : `${hostProgram()}# Again: ${again}\n`;
  const path = join(folder, `program-${files.size}`);
  writeFileSync(path, text);
  const file = { path, sha256: createHash("sha256").update(text).digest("hex") };
  files.set(again, file);
  return file;
}

const find = compact(part("find"));

/**
 * Returns the text for `sh -s -- converge`, `check` or `undo` on a host that has the program. Its stdout is one line of JSON,
 * a StepResult; all else goes to stderr; the exit status is 0 or 1.
 *
 * @throws RunError when no host could carry the step out
 */
export const stepText = (step: Step, options: ProgramOptions = {}): string =>
  // In braces, so that nothing of a truncated text runs.
  `{\n${setting(step.name, options)} STEP=\n${find}. "$program" ${hereDocument(stepHeader(step, options))}}\n${rerun(options)}`;

/** Arguments of {@link installText}. */
export interface InstallArgs extends ProgramOptions {
  /** SHA-256 of the program: 64 hexadecimal digits. */
  readonly sha256: string;
  /** The user whose home folder has the uploaded program. */
  readonly user: string;
}

/** Returns the text that installs the uploaded program as root, or with `undo` removes it and the upload. */
export function installText({ sha256, user, ...options }: InstallArgs): string {
  const values = `ROOT=${quote(options.root ?? "")}\nSHA256=${sha256}\nLOGIN=${quote(user)}\n`;
  return `${compact(asRoot("program", `${values}${part("install")}`, options))}${rerun(options)}`;
}
