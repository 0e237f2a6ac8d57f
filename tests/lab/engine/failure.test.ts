import test from "ava";
import { diagnosticsOf, inItsWords } from "../../../lab/engine/failure.ts";

const output = `code: -2
 stdout:
 stderr: Command failed with exit code 1: pulumi up --yes
Updating (lab):
 +  command:remote:Command pi-1-docker **creating failed** error: the disk is full
Diagnostics:
  pulumi:pulumi:Stack (p-lab):
    error: update failed
    error: update failed

  command:remote:Command (pi-1-docker):
    error: Process exited with status 4: running "sh -s":
    the disk is full

Resources:
    + 1 created
    1 errored
`;

test("of a failed operation only the diagnostics remain, each once", async (t) => {
  const said = `pulumi:pulumi:Stack (p-lab):
  error: update failed

command:remote:Command (pi-1-docker):
  error: Process exited with status 4: running "sh -s":
  the disk is full`;
  t.is(diagnosticsOf(output), said);
  const failed = async () => {
    throw new Error(output);
  };
  t.is((await t.throwsAsync(inItsWords(failed)))?.message, said);
});

test("a failure without diagnostics stays as it is", (t) => {
  t.is(diagnosticsOf("error: failed to load checkpoint: EOF\n"), "error: failed to load checkpoint: EOF");
});
