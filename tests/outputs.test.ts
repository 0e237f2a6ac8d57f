import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { hybridOutputs } from "../outputs.ts";
import { failureOf, valueOfOutput, withAws } from "./support/mocks.ts";

const stack = "acme/ecs-anywhere-hybrid/home";

/** A stack that says no more than its Region, as one of an older version, or of another program. */
const olderStack = async () => {
  const mocked = await withAws();
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, outputs: { region: "us-east-1" } } }),
    call: () => ({}),
  });
  return mocked;
};

test.serial("what a stack does not say is an error for whoever asks for it", async (t) => {
  const error = await failureOf(await olderStack(), () => valueOfOutput(hybridOutputs(stack).cluster));
  t.is(error.message, `Required output 'cluster' does not exist on stack '${stack}'.`);
});

test.serial("and for nobody else", async (t) => {
  await olderStack();
  const { region } = hybridOutputs(stack);
  t.is(await valueOfOutput(region), "us-east-1");
});
