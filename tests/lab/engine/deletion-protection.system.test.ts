/** A load balancer that must not go, on the real engine: the stack `home` on the simulated AWS. */
import { join } from "node:path";
import test from "ava";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { instantStack } from "../../../lab/instant/world.ts";
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import { byLab, need } from "../../support/needs.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

test("what would delete or replace a protected load balancer fails in the preview, until protection is off", async (t) => {
  t.timeout(600_000);
  if (engine === undefined) throw new Error("no engine");
  const stack = await instantStack({ engine, log: t.log });
  t.teardown(() => stack.close());
  const home = withStandIns(settings(await openStackFile(root, "home"))) as unknown as StackConfig;
  const web = home.loadBalancers?.web;
  if (!web) throw new Error("no load balancer");
  const withWeb = (deletionProtection: boolean): StackConfig => ({
    ...home,
    loadBalancers: { web: { ...web, deletionProtection } },
  });
  const held = () =>
    ["LoadBalancer", "Listener", "TargetGroup", "TargetGroupAttachment"].flatMap((kind) =>
      stack.aws.resources().filter(({ type }) => type.endsWith(`:${kind}`)),
    ).length;

  await stack.setConfig(withWeb(true));
  await stack.up();
  const made = held();
  t.true(made >= 4);
  await t.throwsAsync(stack.destroy({ previewOnly: true }), { message: /protect/ });
  t.is(held(), made, "after a destroy");
  await stack.setConfig({ ...home, loadBalancers: {} });
  await t.throwsAsync(stack.preview(), { message: /protect/ });
  t.is(held(), made, "after an up without it");
  await stack.setConfig({
    ...home,
    loadBalancers: { web: { ...web, deletionProtection: true, scheme: "internal" } },
  });
  await t.throwsAsync(stack.preview(), { message: /protect/ });
  t.is(held(), made, "after an up that would replace it");

  await stack.setConfig(withWeb(false));
  await stack.up();
  await stack.setConfig({ ...home, loadBalancers: {} });
  await stack.up();
  t.is(held(), 0);
});
