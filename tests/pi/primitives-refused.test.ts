import test from "ava";
import { program, rootProgram } from "../../pi/converge.ts";
import type { Step } from "../../pi/step.ts";

test("what no host could carry out is refused before it is sent", (t) => {
  const refused = (more: Partial<Step>, words: RegExp) =>
    t.throws(() => program({ name: "bare", verify: ":", ...more }), { message: words });
  refused({ packages: [{ name: "a b" }] }, /"a b": must be a package's name/);
  refused({ packages: [{ name: "ab", unless: ["x\ny"] }] }, /must be a command, a unit or a path/);
  refused({ packages: [{ name: "ab", leaves: { folders: ["/a/../b"] } }] }, /must be an absolute path/);
  refused({ packages: [{ name: "ab", leaves: { users: ["A\tb"] } }] }, /must be a user or a group/);
  refused({ sysctls: { "net/ipv4": "1" } }, /must be a dotted key/);
  refused({ sysctls: { "net.ipv4.x": "on" } }, /"on": must be a number/);
  refused({ tables: [{ name: "x", file: "/etc/x" }] }, /"x": must be a family and a name/);
  refused({ units: [{ name: "docker" }] }, /"docker": must be a unit with its suffix/);
  refused(
    { units: [{ name: "a.service" }, { name: "a.service" }] },
    /"unit a.service": must be declared once/,
  );
  refused({ remember: ["a b"] }, /must consist of a-z/);
  t.throws(() => program({ name: "bare", script: "step_apply() {\n:\n}\n" }), {
    message: /bare\.verify: "": must be given, here or as step_verify of the script/,
  });
  t.notThrows(() => program({ name: "bare", script: "step_verify() {\n:\n}\n" }));
  t.throws(() => program({ name: "bare", verify: ":" }, { owner: "a\tb" }), {
    message: /bare.owner: "a\\tb": must consist of letters/,
  });
});

test("no two functions of the program have the same name", (t) => {
  const names = [...rootProgram({ name: "bare", verify: ":" }).matchAll(/^(\w+)\(\) \{/gm)].map(
    ([, name]) => name,
  );
  t.deepEqual(
    names.filter((name, i) => names.indexOf(name) < i),
    [],
  );
});
