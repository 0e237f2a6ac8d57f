/** The stack files of the repository: Pulumi.dev.yaml, Pulumi.home.yaml and Pulumi.private.yaml. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { InvalidInput } from "../config/errors.ts";
import { parse } from "../config/parse.ts";
import { openStackFile, settings, withStandIns } from "../tools/stack-file.ts";

const root = new URL("../", import.meta.url).pathname;

/** Each stack with the service whose image only its owner can name. */
const stacks = { dev: "hits", home: "hits", private: "web" };

for (const [stack, service] of Object.entries(stacks)) {
  test(`${stack}: complete except for the settings that its comment names`, async (t) => {
    const config = settings(await openStackFile(root, stack));
    t.notThrows(() => parse(withStandIns(config), "us-east-1"));
    const error = t.throws(() => parse(config, "us-east-1"), { instanceOf: InvalidInput });
    const missing = error?.problems.map(({ field, value }) => `${field} ${value}`) ?? [];
    const hosts = Object.keys(config.hosts as object);
    t.deepEqual(
      missing.toSorted(),
      [
        `services.${service}.image (missing)`,
        "site.publicAddress (missing)",
        ...hosts.map((host) => `hosts.${host}.hostKey (missing)`),
      ].toSorted(),
    );
    const comment = (await readFile(join(root, `Pulumi.${stack}.yaml`), "utf8")).split("\nconfig:")[0] ?? "";
    for (const mentioned of ["site.publicAddress", `services.${service}.image`, `hostkeys -- ${stack}`]) {
      t.true(comment.includes(mentioned));
    }
  });

  test(`${stack}: formatted as the tools write it, so that an edit changes nothing else`, async (t) => {
    const { document, path } = await openStackFile(root, stack);
    t.is(document.toString({ lineWidth: 0, flowCollectionPadding: false }), await readFile(path, "utf8"));
  });

  test(`${stack}: editors find the schema`, async (t) => {
    const [first] = (await readFile(join(root, `Pulumi.${stack}.yaml`), "utf8")).split("\n");
    t.is(first, "# yaml-language-server: $schema=docs/schema.json");
  });
}
