import { z } from "zod";
import { text } from "./values.ts";

/** A stack's own tags. */
export const tags = z.record(z.string(), text);
