/**
 * A provider for tests: things in a file, one line each: URN and id. A thing whose input `slow` is set takes a second to
 * make, as many real things do.
 */
import { appendFile, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "@pulumi/pulumi/provider/index.js";

const [file = ""] = process.argv.slice(2);

await main(
  {
    version: "1.0.0",
    create: async (urn: string, inputs: { slow?: boolean }) => {
      const id = `thing-${(await readFile(file, "utf8").catch(() => "")).split("\n").length}`;
      await appendFile(file, `${urn} ${id}\n`);
      if (inputs.slow) await sleep(1000);
      return { id, outs: { ...inputs, serial: id } };
    },
    diff: async (_id: string, _urn: string, olds: { slow?: boolean }, news: { slow?: boolean }) => ({
      changes: olds.slow !== news.slow,
    }),
    update: async (id: string, _urn: string, _olds: object, news: object) => ({
      outs: { ...news, serial: id },
    }),
    read: async (id: string) => ({ id, props: { slow: true, serial: id }, inputs: { slow: true } }),
  },
  [],
);
