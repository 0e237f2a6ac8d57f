/** A process of its own: index.ts registers its resources once per process. */
import test from "ava";
import { runProgram, type Settings } from "./support/program.ts";

test("a NAT gateway in each of six zones needs more addresses than a new account has: the up says so, and goes on", async (t) => {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (...words: unknown[]) => void said.push(words.join(" "));
  t.teardown(() => {
    console.warn = warn;
  });
  const zones = ["a", "b", "c", "d", "e", "f"].map((letter) => `us-east-1${letter}`);
  const { resources } = await runProgram("home", (settings) => ({
    ...settings,
    network: { ...(settings.network as Settings), zones, natGateways: "per-zone" },
  }));
  t.true(resources.length > 100);
  t.deepEqual(
    said.filter((line) => line.includes("quota")),
    [
      "warning: [runtime] Elastic IP addresses per Region: 6: must not exceed the account's quota, 5 by default; run `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 --desired-value 6` unless the account has more already",
    ],
  );
});
