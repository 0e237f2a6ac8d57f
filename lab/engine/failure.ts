/** The engine's failure in its own words, without the command line and without repetition. */

/** Returns what the engine lists under "Diagnostics", each error once; the whole text if there is no list. */
export function diagnosticsOf(text: string): string {
  const listed = /^Diagnostics:\n([\s\S]*?)(?=^(?:Outputs|Resources|Duration):|(?![\s\S]))/m.exec(text)?.[1];
  if (listed === undefined) return text.trim();
  const lines = listed.split("\n").map((line) => line.replace(/^ {2}/, "").trimEnd());
  const kept = lines.filter((line, i) => line === "" || line.endsWith(":") || lines.indexOf(line) === i);
  return kept
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Runs an operation. Its error has the engine's own message. */
export async function inItsWords<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(diagnosticsOf(error.message), { cause: error });
  }
}
