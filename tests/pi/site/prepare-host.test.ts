import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import type { SiteConfig, SshConfig } from "../../../config/schema.ts";
import { host } from "../../../config/schema.ts";
import { prepareHost } from "../../../pi/site/prepare-host.ts";
import { valueOfOutput, withAws } from "../../support/mocks.ts";

const site = { gateway: "pi-1", converge: 0 } as SiteConfig;
const pi = host.parse({
  address: "192.168.1.101",
  hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA${"A".repeat(42)}`,
  fan: { overlay: "rpi-poe" },
  node: {},
});

/** Runs with hosts that answer each step with these facts. */
async function made(
  ssh: SshConfig,
  facts: Readonly<Record<string, string>> = {},
  { converge = 0, reinstalled = 0 } = {},
) {
  const aws = await withAws({ ssh: (step) => JSON.stringify({ step, changed: [], facts }) });
  const key = {
    publicKeyOpenssh: pulumi.output("ssh-ed25519 AAAA"),
    privateKeyOpenssh: pulumi.secret("automation"),
  };
  const parent = new pulumi.ComponentResource("test:index:Site", "site");
  return {
    ...prepareHost(
      "pi-1",
      { ...pi, node: { attributes: {}, reinstalled } },
      { region: "us-east-1", site: { ...site, converge }, ssh },
      key,
      parent,
    ),
    resources: await aws.registered(),
  };
}

/** The private key that each step's connection has, by the step; undefined: the SSH agent's keys are used. */
async function keys(ssh: SshConfig): Promise<Record<string, unknown>> {
  const { resources } = await made(ssh);
  const steps = resources.filter(({ type }) => type === "command:remote:Command");
  return Object.fromEntries(
    steps.map(({ name, inputs }) => [name, (inputs.connection as Record<string, unknown>).privateKey]),
  );
}

const others = Object.fromEntries(
  ["program", "boot-flags", "fan", "reboot", "kernel"].map((step) => [`pi-1-${step}`, "automation"]),
);

test.serial("a person's key lets the automation key in, which carries out all other steps", async (t) => {
  t.deepEqual(await keys({ login: "person", privateKey: "person" }), {
    "pi-1-automation-key": "person",
    ...others,
  });
  t.deepEqual(await keys({ login: "person" }), { "pi-1-automation-key": undefined, ...others });
});

test.serial(
  "with login automation no step takes a person's key, so that CI can change and undo all",
  async (t) => {
    const automation = { "pi-1-automation-key": "automation", ...others };
    t.deepEqual(await keys({ login: "automation" }), automation);
    t.deepEqual(await keys({ login: "automation", privateKey: "person" }), automation);
  },
);

test.serial("the temperature is a number, and there is none without a sensor", async (t) => {
  const seen = await made({ login: "person" }, { temperatureCelsius: "53.1" });
  t.is(await valueOfOutput(seen.temperature), 53.1);
  t.is(await valueOfOutput((await made({ login: "person" })).temperature), undefined);
});

test.serial(
  "all steps are sent again for a raised converge, and to a host that was reinstalled",
  async (t) => {
    const texts = async (raised: object) => {
      const { resources } = await made({ login: "person" }, {}, raised);
      const steps = resources.filter(({ type }) => type === "command:remote:Command");
      return Object.fromEntries(steps.map(({ name, inputs }) => [name, inputs.stdin]));
    };
    const before = await texts({});
    t.deepEqual(await texts({}), before);
    for (const raised of [{ converge: 1 }, { reinstalled: 1 }]) {
      const after = await texts(raised);
      t.deepEqual(Object.keys(after), Object.keys(before));
      for (const [step, text] of Object.entries(after)) t.not(text, before[step], step);
    }
  },
);
