import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { hybridOutputs } from "../outputs.ts";
import { failureOf, valueOfOutput, withAws } from "./support/mocks.ts";

const stack = "acme/ecs-anywhere-hybrid/home";

/** A stack with the output `region` only, as of an older version, or of another program. */
const olderStack = async () => {
  const mocked = await withAws();
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, outputs: { region: "us-east-1" } } }),
    call: () => ({}),
  });
  return mocked;
};

test.serial("an output that a stack lacks is an error for the project that reads it", async (t) => {
  const error = await failureOf(await olderStack(), () => valueOfOutput(hybridOutputs(stack).cluster));
  t.is(error.message, `Required output 'cluster' does not exist on stack '${stack}'.`);
});

test.serial("an output that a stack lacks is harmless for a project that does not read it", async (t) => {
  await olderStack();
  const { region } = hybridOutputs(stack);
  t.is(await valueOfOutput(region), "us-east-1");
});
