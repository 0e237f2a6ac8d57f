import { quote } from "../../pi/converge.ts";

const words = (...texts: readonly string[]) => texts.map(quote).join(" ");

/** Returns sh for `detect`: a word on the single line of the first file that exists. */
export const word = (word: string, ...paths: readonly string[]) => `add_word ${words(word, ...paths)}\n`;

/** Returns sh for `detect`: a block of lines in a file, which is created with the mode if it is missing. */
export const block = (lines: readonly string[], path: string, mode?: `${number}`) =>
  `printf '%s\\n' ${words(...lines)} | add_block ${words(path, ...(mode ? [mode, "root"] : []))}\n`;
