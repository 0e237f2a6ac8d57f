import { stackFileSchema } from "./json-schema.ts";
import { reference } from "./reference.ts";

/** The generated files' contents by their paths from the root of the project. */
export function generated(project: string): Readonly<Record<string, string>> {
  return {
    "docs/schema.json": `${JSON.stringify(stackFileSchema(project), null, 2)}\n`,
    "docs/reference.md": reference(),
  };
}
