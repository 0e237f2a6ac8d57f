import { z } from "zod";

/** What may survive a destroy; images come with a registry of the stack's own. */
export const kept = z.enum(["logs", "keys"]);
