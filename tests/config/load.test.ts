import * as pulumi from "@pulumi/pulumi";
import test, { type ExecutionContext } from "ava";
import { InvalidInput } from "../../config/errors.ts";
import { load } from "../../config/load.ts";
import { withAws } from "../support/mocks.ts";
import { base, node } from "./stack.ts";

test.serial("a stack without a Region learns how to set one", async (t) => {
  await withAws();
  pulumi.runtime.setAllConfig({ "hybrid:site": JSON.stringify(base.site) });
  const error = t.throws(() => load(), { instanceOf: InvalidInput });
  const [region = "", ...others] = error?.message.split("\n") ?? [];
  t.regex(
    region,
    /^aws:region: \(missing\): must be the AWS Region .*; run `pulumi config set aws:region us-east-1`/,
  );
  t.deepEqual(others, [
    "hosts: (missing): must be given: the hosts of the site, by a name of your choice; run `pulumi config set --path hosts.NAME.address VALUE`",
  ]);
});

/** Returns the error of `load` for a stack with these settings, of which some are encrypted. */
async function refusalOf(
  t: ExecutionContext,
  settings: Readonly<Record<string, string>>,
  encrypted: readonly string[] = [],
): Promise<readonly string[]> {
  await withAws();
  const { setAllConfig } = pulumi.runtime as unknown as {
    setAllConfig(config: Record<string, string>, secretKeys: readonly string[]): void;
  };
  setAllConfig(
    {
      "aws:region": "us-east-1",
      "hybrid:site": JSON.stringify(base.site),
      "hybrid:hosts": JSON.stringify(base.hosts),
      ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hybrid:${key}`, value])),
    },
    encrypted.map((key) => `hybrid:${key}`),
  );
  const error = t.throws(() => load(), { instanceOf: InvalidInput });
  return error?.message.split("\n") ?? [];
}

test.serial("a path without --path is not taken for a setting, and its value is not shown", async (t) => {
  const dotted = { "vpn.presharedKeys.tunnel1": "hush-hush", "site.converge": "1" };
  const isPath = "(unknown key): must be the name of a setting: without --path, pulumi takes a path for one";
  const corrected = (key: string) => `run \`pulumi config rm '${key}'\`, then the same command with --path`;
  t.deepEqual(
    await refusalOf(t, dotted, ["vpn.presharedKeys.tunnel1"]),
    Object.keys(dotted).map((key) => `${key}: ${isPath}; ${corrected(key)}`),
  );
});

test.serial("a setting whose whole value is a secret does not show it", async (t) => {
  const said = (length: number) => [
    `ssh: (secret, ${length} characters): must be a mapping; run \`pulumi config rm --path ssh\`, then set its fields, such as \`pulumi config set --secret --path ssh.privateKey\``,
  ];
  t.deepEqual(await refusalOf(t, { ssh: "-----BEGIN" }, ["ssh"]), said(10));
});

test.serial("an encrypted value is never shown, and all problems are reported at once", async (t) => {
  t.deepEqual(
    await refusalOf(
      t,
      {
        hosts: JSON.stringify({ ...base.hosts, "pi-1": node("192.168.2.7") }),
        site: JSON.stringify({ ...base.site, gateway: "hush" }),
      },
      ["site"],
    ),
    [
      "hosts.pi-1.address: 192.168.2.7: must lie inside site.cidr 192.168.1.0/24: the VPC has no route to other addresses; correct the address, or widen site.cidr",
      "site.gateway: (secret): must be a key of `hosts`; choose one of gateway, pi-1",
    ],
  );
  t.deepEqual(
    (await refusalOf(t, { network: "10.0.0.0/16", nonsense: "{}", "site.converge": "1" }, ["network"])).map(
      (line) => line.split(": ").slice(0, 2).join(": "),
    ),
    ["network: (secret)", "nonsense: (unknown key)", "site.converge: (unknown key)"],
  );
});

test.serial("a secret in plain text is refused", async (t) => {
  const vpn = JSON.stringify({ presharedKeys: { tunnel1: "goodenough1", tunnel2: "goodenough2" } });
  const ssh = JSON.stringify({ privateKey: "-----BEGIN" });
  const plain = (path: string, length: number) =>
    `${path}: (secret, ${length} characters): must be encrypted: anybody who reads the stack file can read it; run \`pulumi config set --secret --path ${path}\`, with a new secret if others have read this one`;
  t.deepEqual(await refusalOf(t, { vpn, ssh }, ["ssh"]), [
    plain("vpn.presharedKeys.tunnel1", 11),
    plain("vpn.presharedKeys.tunnel2", 11),
  ]);
  t.deepEqual(await refusalOf(t, { ssh }), [plain("ssh.privateKey", 10)]);
});

test.serial(
  "a project or stack with a dot learns how to rename it, since the cluster is named after both",
  async (t) => {
    const named = async (project: string, stack: string): Promise<string[]> => {
      await withAws({ project, stack });
      const settings = {
        "aws:region": "us-east-1",
        [`${project}:site`]: base.site,
        [`${project}:hosts`]: base.hosts,
      };
      pulumi.runtime.setAllConfig(
        Object.fromEntries(
          Object.entries(settings).map(([key, value]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
          ]),
        ),
      );
      try {
        load();
        return [];
      } catch (error) {
        return error instanceof InvalidInput ? error.message.split("\n") : [];
      }
    };
    const rule =
      "must be letters, digits, - and _: it is in the cluster's name, of which ECS takes no other characters";
    t.deepEqual(await named("acme.net", "prod.eu"), [
      `project: acme.net: ${rule}; write \`name: acme-net\` in Pulumi.yaml, and \`acme-net:\` in front of each setting`,
      `stack: prod.eu: ${rule}; run \`pulumi stack rename prod-eu\``,
    ]);
    t.deepEqual(await named("acme-net", "prod-eu"), []);
    t.deepEqual(await named("a".repeat(60), "b".repeat(67)), []);
    t.deepEqual(await named("a".repeat(60), "b".repeat(68)), [
      `stack: ${"b".repeat(68)}: must have at most 67 characters: with the project's name it is an attribute of each node, of which ECS takes 128; run \`pulumi stack rename\`, with a shorter name`,
    ]);
  },
);
