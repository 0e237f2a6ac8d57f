/** How the site's hosts and steps are wired, for the shapes of a site that no stack file of this project has. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import test, { type ExecutionContext } from "ava";
import { host, hybridConfig } from "../../config/schema.ts";
import { Site, type SiteArgs } from "../../pi/site.ts";
import { valueOfOutput, withAws } from "../support/mocks.ts";
import { graphOf } from "../support/program.ts";
import { gatewayArgs } from "./steps/vpn-gateway/args.ts";

const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;
const machine = (number: number, more: object = {}) =>
  host.parse({ address: `192.168.1.${number}`, hostKey, ...more });
const hosts = {
  gateway: machine(196),
  "pi-1": machine(101, { node: {} }),
  "pi-2": machine(102, { node: {} }),
};

/** What a test sets differently. */
interface Otherwise {
  readonly site?: object;
  readonly hosts?: SiteArgs["hosts"];
  readonly vpcCidrs?: readonly string[];
}

/** A site with private access. */
async function siteOf(t: ExecutionContext, { site, hosts: others, vpcCidrs = ["10.0.0.0/16"] }: Otherwise) {
  const aws = await withAws({
    ssh: (name) =>
      JSON.stringify({
        step: name,
        changed: [],
        facts: name.endsWith("ecs-agent")
          ? { managedInstanceId: `mi-of-${name}`, containerInstanceArn: `arn:of:${name}` }
          : {},
      }),
  });
  const said = hybridConfig.shape.site.parse({
    cidr: "192.168.1.0/24",
    publicAddress: "198.51.100.7",
    gateway: "gateway",
    ...site,
  });
  const ready = new PrivateKey("in-aws", { algorithm: "ED25519" });
  const all = others ?? hosts;
  const activation = { activationId: "id", activationCode: "code" };
  const built = new Site("home", {
    region: "us-east-1",
    site: said,
    hosts: all,
    ssh: { login: "person" },
    vpcCidrs,
    channel: {
      kind: "site-to-site-vpn",
      format: "swanctl.conf",
      dataPath: "kernel",
      tunnels: gatewayArgs("swanctl.conf", "kernel").tunnels,
      ready: [],
    },
    privateAccess: {
      names: [{ name: "ssm.us-east-1.amazonaws.com", service: "ssm", addresses: ["10.0.0.45"] }],
      resolvers: ["10.0.1.10", "10.0.2.10"],
      ready: [ready],
    },
    cluster: {
      clusterName: "home",
      installer: hybridConfig.shape.cluster.parse({}).installer,
      activations: Object.fromEntries(Object.keys(all).map((name) => [name, activation])),
    },
  });
  const resources = await aws.registered();
  const graph = graphOf(t, resources);
  return {
    site: built,
    ...graph,
    has: (name: string) => resources.some((resource) => resource.name === name),
    stdin: (name: string) => String(graph.find(name)?.inputs.stdin),
  };
}

test.serial(
  "dns.at host: that host forwards for all, every node's preflight waits for it, and the remedy names it",
  async (t) => {
    const { site, has, waitsFor, stdin } = await siteOf(t, {
      site: { dns: { at: "host", host: "gateway", server: "unbound" } },
    });
    waitsFor("gateway-dns-forwarding", "in-aws");
    for (const node of ["pi-1", "pi-2"]) {
      t.false(has(`${node}-dns-forwarding`));
      waitsFor(`${node}-preflight`, "gateway-dns-forwarding");
      waitsFor(`${node}-preflight`, "in-aws");
      t.true(stdin(`${node}-preflight`).includes("on gateway run `systemctl restart unbound`"));
    }
    t.is(await valueOfOutput(site.dnsSnippet), "", "there is nothing to paste");
  },
);

test.serial(
  "several ranges: each host has a route to each of the VPC's, one in another range by its router",
  async (t) => {
    const { stdin } = await siteOf(t, {
      site: { secondaryCidrs: ["192.168.2.0/24"] },
      hosts: { ...hosts, "pi-3": host.parse({ address: "192.168.2.103", hostKey, node: {} }) },
      vpcCidrs: ["10.0.0.0/16", "10.8.0.0/16"],
    });
    for (const name of ["pi-1", "pi-3"])
      t.true(stdin(`${name}-static-route`).includes("DESTINATIONS='10.0.0.0/16 10.8.0.0/16'\n"));
    t.true(stdin("pi-1-static-route").includes("ROUTED=''\n"));
    t.true(stdin("pi-3-static-route").includes("ROUTED='yes'\n"));
    const gateway = stdin("gateway-vpn-gateway");
    t.true(gateway.includes("SITE='192.168.1.0/24 192.168.2.0/24'\n"));
    t.true(gateway.includes("VPC='10.0.0.0/16 10.8.0.0/16'\n"));
  },
);

test.serial("dns.at elsewhere: no host forwards; the output and the remedy say what to paste", async (t) => {
  const { site, has, stdin } = await siteOf(t, {
    site: { dns: { at: "elsewhere", server: "dnsmasq", address: "192.168.1.53" } },
  });
  for (const name of Object.keys(hosts)) t.false(has(`${name}-dns-forwarding`));
  const line = "server=/us-east-1.amazonaws.com/10.0.1.10\n";
  t.true((await valueOfOutput(site.dnsSnippet)).includes(line));
  t.true(stdin("pi-1-preflight").includes("the configuration of dnsmasq at 192.168.1.53"));
  t.true(stdin("pi-1-preflight").includes(line));
});

test.serial(
  "packages from a bundle: carried to each host before the step that unpacks it, which knows its SHA-256",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "site-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "packages.tar");
    writeFileSync(file, "packages");
    const { find, waitsFor, stdin } = await siteOf(t, { site: { packages: { from: "bundle", file } } });
    for (const name of Object.keys(hosts)) {
      t.is(find(`${name}-packages`)?.inputs.remotePath, "/var/tmp/ecs-anywhere-hybrid-packages.tar");
      waitsFor(`${name}-package-source`, `${name}-packages`);
      t.true(stdin(`${name}-package-source`).includes(createHash("sha256").update("packages").digest("hex")));
    }
    waitsFor("gateway-vpn-gateway", "gateway-package-source");
    waitsFor("pi-1-docker", "pi-1-package-source");
  },
);

test.serial(
  "internet never: a node uses the gateway, a gateway that is a node uses its tunnels, at its own SSH port",
  async (t) => {
    const { has, stdin, waitsFor } = await siteOf(t, {
      site: { internet: "never" },
      hosts: { ...hosts, gateway: machine(196, { node: {}, port: 2222 }), nas: machine(50) },
    });
    t.false(has("nas-egress-firewall"), "no node");
    t.true(stdin("pi-1-egress-firewall").includes("rt ip nexthop 192.168.1.196 accept"));
    const own = stdin("gateway-egress-firewall");
    t.true(own.includes("203.0.113.17, 203.0.113.33"), "IKE to both ends");
    t.true(own.includes('oifname "tunnel1" accept'));
    t.true(own.includes("tcp sport { 1-1023, 2222 }"));
    t.false(has("gateway-static-route"));
    // The tunnels release its agent, too.
    waitsFor("gateway-ecs-agent", "gateway-vpn-gateway");
  },
);

test.serial("a dead node is not a node of the site; the first living one signs it off", async (t) => {
  const dead = machine(102, { node: {}, dead: true });
  const { site, find, has, stdin } = await siteOf(t, {
    hosts: { ...hosts, "pi-2": dead, "pi-3": machine(103, { node: {} }) },
  });
  t.deepEqual(Object.keys(site.nodes), ["pi-1", "pi-3"]);
  t.true(stdin("pi-1-pi-2-forgotten").includes("mi-of-pi-2-ecs-agent"));
  t.false(has("pi-3-pi-2-forgotten"));
  t.is(find("pi-2-ecs-agent")?.inputs.create, undefined, "nothing is sent to it");
  t.true(find("pi-2-ecs-agent")?.retainOnDelete);
});

test.serial("without a living node to sign a dead one off, nothing is tried", async (t) => {
  const { site, has } = await siteOf(t, {
    hosts: { gateway: machine(196), "pi-2": machine(102, { node: {}, dead: true }) },
  });
  t.deepEqual(site.nodes, {});
  t.false(has("gateway-pi-2-forgotten"));
});

test.serial("a gateway that is not a host is refused before anything is registered", async (t) => {
  const aws = await withAws();
  const args = { site: { gateway: "pi-9" }, hosts: { "pi-1": {}, "pi-2": {} } } as unknown as SiteArgs;
  const error = t.throws(() => new Site("site", args), {
    message: "site.gateway: pi-9: must be a key of `hosts`; choose one of pi-1, pi-2",
  });
  t.true(pulumi.RunError.isInstance(error), "Pulumi prints it without a stack trace");
  t.deepEqual(await aws.registered(), []);
});
