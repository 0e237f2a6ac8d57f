/** Returns the text as one word of a POSIX shell, whatever it contains. The only place where text becomes shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Returns a here-document of the text, with a line end of its own; for a command that reads it on stdin. */
export function hereDocument(text: string): string {
  const lines = new Set(text.split("\n"));
  let end = "END_OF_INPUT";
  while (lines.has(end)) end += "_";
  return `<<'${end}'\n${text.endsWith("\n") ? text : `${text}\n`}${end}\n`;
}

/**
 * Returns a shell text without comments, blank lines and indentation: for texts that the state keeps. A line within
 * quotes must not begin with one of these.
 */
export const compact = (text: string): string => text.replaceAll(/^[ \t]*(#.*)?\n|^[ \t]+/gm, "");
