import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

test("with startup.ts imported first, Pulumi's SDK works and loads neither the compiler nor npm's resolver", async (t) => {
  const program = `
    await import("./startup.ts");
    const pulumi = await import("@pulumi/pulumi");
    const { createRequire } = await import("node:module");
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(JSON.stringify({
      output: await new Promise((resolve) => pulumi.output(1).apply(resolve)),
      unused: loaded.filter((path) => /node_modules\\/(typescript|@npmcli\\/arborist)\\//.test(path)),
      sdk: loaded.some((path) => path.includes("@pulumi/pulumi/index.js")),
    }));`;
  const root = join(import.meta.dirname, "..");
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    cwd: root,
  });
  t.deepEqual(JSON.parse(stdout), { output: 1, unused: [], sdk: true });
});
