/** Finds resources in the simulated AWS that a killed engine had begun to create and did not record. */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Adopt } from "./recover.ts";

const account = z.object({
  resources: z.array(
    z.object({ type: z.string(), id: z.string(), inputs: z.record(z.string(), z.unknown()) }),
  ),
});

/** Marks a secret in an exported state, whose value cannot be compared. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const isHidden = (value: unknown) => JSON.stringify(value)?.includes(SIGNATURE) === true;

const json = (value: unknown): unknown => {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return value;
  }
};

/**
 * Searches by type and inputs: a resource of the account that no state has, and that was requested with the same
 * inputs. The engine chooses names before it creates, so that the inputs of two resources differ where it matters.
 * @param stateFile the file with the account of the simulated AWS
 */
export const adoptFromAccount =
  (stateFile: string): Adopt =>
  async ({ type, inputs = {} }, taken) => {
    const text = await readFile(stateFile, "utf8").catch(() => `{"resources":[]}`);
    const asked = Object.entries(inputs).filter(([key, value]) => !key.startsWith("__") && !isHidden(value));
    return account
      .parse(JSON.parse(text))
      .resources.find(
        (resource) =>
          resource.type === type &&
          !taken.has(resource.id) &&
          asked.every(([key, value]) => isDeepStrictEqual(json(value), json(resource.inputs[key]))),
      )?.id;
  };
