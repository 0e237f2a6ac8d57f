/** The step's texts, and how its facts become rows. The measurement itself is in preflight/causes.system.test.ts. */
import test from "ava";
import { rootProgram } from "../../../pi/converge.ts";
import { type PreflightArgs, preflight, preflightOf } from "../../../pi/steps/preflight.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts, isGoodShell } from "../../support/shellcheck.ts";

const program = "/usr/local/lib/ecs-anywhere-hybrid/preflight";
const name = "ssm.us-east-1.amazonaws.com";

const args = (more: Partial<PreflightArgs> = {}): PreflightArgs => ({
  region: "us-east-1",
  names: [{ name, service: "ssm", addresses: ["10.0.0.21", "10.0.16.21"] }],
  resolvers: ["10.0.0.10", "10.0.16.10"],
  vpcCidrs: ["10.0.0.0/16"],
  gateway: "192.168.1.196",
  dns: { at: "nodes", server: "dnsmasq" },
  again: 0,
  ...more,
});

test("the program and the scripts pass shellcheck, wherever the names are forwarded", (t) => {
  const elsewhere = {
    at: "elsewhere",
    server: "unbound",
    address: "192.168.1.53",
    snippet: "a person's\n$(quotes) `and` \\ such\n",
  } as const;
  for (const more of [{ gateway: undefined }, { dns: elsewhere }]) {
    const step = preflight(args(more));
    isGoodShell(t, step.files?.[0]?.content ?? "");
    hasGoodScripts(t, step);
  }
});

test("a repeated measurement changes the step's text, and not its program", (t) => {
  const [first, second] = [preflight(args()), preflight(args({ again: 1 }))];
  t.not(rootProgram(first), rootProgram(second));
  t.deepEqual(first.files, second.files);
});

test("the remedy says what to do about the server that forwards", (t) => {
  const remedy = (dns: PreflightArgs["dns"]) =>
    /^DNS_REMEDY='([^']*)'$/m.exec(preflight(args({ dns })).files?.[0]?.content ?? "")?.[1];
  const rest =
    ", which empties its cache; if that is not enough, raise site.converge by one and run pulumi up";
  t.is(remedy({ at: "nodes", server: "unbound" }), `on this host run \`systemctl restart unbound\`${rest}`);
  t.is(
    remedy({ at: "host", server: "bind9", host: "pi-gateway" }),
    `on pi-gateway run \`systemctl restart named\`${rest}`,
  );
  t.is(
    remedy({ at: "elsewhere", server: "dnsmasq", address: "192.168.1.53", snippet: "server=/a/b\n" }),
    "put this into the configuration of dnsmasq at 192.168.1.53, restart it, and run pulumi up again:\nserver=/a/b",
  );
});

const refused: readonly (readonly [Partial<PreflightArgs>, string])[] = [
  [
    { resolvers: [] },
    "preflight.resolvers: (none): must be at least one; correct what the step is made from",
  ],
  [
    { names: [] },
    "preflight.names: (none): must name what is to be measured; correct what the step is made from",
  ],
  [
    { names: [{ name: "a b", service: "ssm", addresses: [] }] },
    "preflight.names: a b: must be a DNS name; correct what the step is made from",
  ],
  [
    { names: [{ name, service: "$(ssm)", addresses: [] }] },
    "preflight.names: $(ssm): must be the name of an AWS service; correct what the step is made from",
  ],
  [
    { names: [{ name, service: "ssm", addresses: ["10.0.0"] }] },
    `preflight.names.${name}: 10.0.0: must be an IPv4 address; correct what the step is made from`,
  ],
  [
    { gateway: "pi-gateway" },
    "preflight.resolvers and gateway: pi-gateway: must be IPv4 addresses; correct what the step is made from",
  ],
  [
    { vpcCidrs: ["10.0.0.0"] },
    "preflight.vpcCidrs: 10.0.0.0: must be an IPv4 range such as 10.0.0.0/16; correct what the step is made from",
  ],
  [
    { region: "us east" },
    "preflight.region: us east: must be a Region such as us-east-1; correct what the step is made from",
  ],
];

for (const [more, message] of refused) {
  test(`refused: ${message}`, (t) => {
    t.throws(() => preflight(args(more)), { message });
  });
}

test("facts become rows, in their order; what was not measured is omitted", (t) => {
  const facts = {
    measuredAt: "2026-11-21T17:05:00Z",
    [name]: "ssm\tok\t10.0.0.21,10.0.16.21\t12\t48\t1348\t4202\t4512\t-1",
    "ec2messages.us-east-1.amazonaws.com": "ec2messages\tno endpoint\t\t\t\t\t\t\t",
  };
  const rows = [
    {
      name,
      service: "ssm",
      result: "ok",
      addresses: ["10.0.0.21", "10.0.16.21"],
      tcpMilliseconds: 12,
      tlsMilliseconds: 48,
      maxSegmentBytes: 1348,
      sentBytes: 4202,
      receivedBytes: 4512,
      clockSeconds: -1,
    },
    {
      name: "ec2messages.us-east-1.amazonaws.com",
      service: "ec2messages",
      result: "no endpoint",
      addresses: [],
    },
  ];
  t.deepEqual(preflightOf({ facts }), { measuredAt: "2026-11-21T17:05:00Z", rows });
});

test("a clock that is right is 0 s off, and without names there are no rows", (t) => {
  const [row] = preflightOf({ facts: { measuredAt: "", [name]: "ssm\tok\t\t\t\t\t\t\t0" } }).rows;
  t.is(row?.clockSeconds, 0);
  t.deepEqual(preflightOf({ facts: {} }), { measuredAt: "", rows: [] });
});

test("curl, ss and the certificates are installed where they are missing, and removed by undo", async (t) => {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  // Another test covers the measurement: here a stand-in reports that all is well.
  const step = preflight(args());
  const stands = {
    ...step,
    files: [{ path: program, mode: "755" as const, content: `#!/bin/sh\nprintf '${name}\\tssm\\tok\\n'\n` }],
  };
  host.fakeInstalled("/var/lib/has-");
  host.fake(
    "apt-get",
    `case "$*" in
*" -s "*install*) for name; do :; done; echo "Inst $name (1)" ;;
*" -s "*purge*) for name; do :; done; echo "Purg $name [1]" ;;
*purge*) for name; do rm -f "$ROOT/var/lib/has-$name"; done ;;
*install*) for name; do :; done; : >"$ROOT/var/lib/has-$name" ;;
esac`,
  );
  await host.succeed(stands);
  t.true(host.exists("/var/lib/has-ca-certificates"));
  await host.succeed(stands, "undo");
  t.false(host.exists("/var/lib/has-ca-certificates"));
  t.false(host.exists(program));
});

test("a program that cannot measure fails the step with its message", async (t) => {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/etc/ssl/certs/ca-certificates.crt", "");
  const stands = {
    ...preflight(args()),
    settleSeconds: 0,
    files: [
      { path: program, mode: "755" as const, content: "#!/bin/sh\necho 'no space left' >&2\nexit 2\n" },
    ],
  };
  t.regex(
    await host.refuse(stands),
    /verify: exit status 1: must be 0; see what it printed:\nno space left\n/,
  );
});
