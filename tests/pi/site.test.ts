import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { Site, type SiteArgs } from "../../pi/site.ts";
import { withAws } from "../support/mocks.ts";

test.serial("a gateway that is no host is refused before anything is registered", async (t) => {
  const aws = await withAws();
  const args = { site: { gateway: "pi-9" }, hosts: { "pi-1": {}, "pi-2": {} } } as unknown as SiteArgs;
  const error = t.throws(() => new Site("site", args), {
    message: "site.gateway: pi-9: must be a key of `hosts`; choose one of pi-1, pi-2",
  });
  t.true(pulumi.RunError.isInstance(error), "Pulumi prints it without a stack trace");
  t.deepEqual(await aws.registered(), []);
});
