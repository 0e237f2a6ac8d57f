import { quote } from "../../pi/converge.ts";

const words = (...texts: readonly string[]) => texts.map(quote).join(" ");

/** sh for `detect`: a word on the one line of the first of the files that exists. */
export const word = (word: string, ...paths: readonly string[]) => `add_word ${words(word, ...paths)}\n`;

/** sh for `detect`: a block of lines in a file, which is made with the mode when it is missing. */
export const block = (lines: readonly string[], path: string, mode?: `${number}`) =>
  `printf '%s\\n' ${words(...lines)} | add_block ${words(path, ...(mode ? [mode, "root"] : []))}\n`;
