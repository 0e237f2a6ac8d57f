/** Refusals of earlier names. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { base, node, refused, web } from "../stack.ts";

const kitchen = (formerly: string) => node("192.168.1.102", { formerly });
const other = { ...web, network: { mode: "bridge", ports: [{ host: 8081, container: 80 }] } };
const front = { type: "network", service: "web" };

refused([
  [
    "a host's earlier name that another host has",
    { ...base, hosts: { ...base.hosts, kitchen: kitchen("pi-1") } },
    "hosts.kitchen.formerly: pi-1: must not be a key of `hosts`: what the stack has under that name stays hosts.pi-1; remove formerly once the `up` that renamed is done, or rename hosts.pi-1",
  ],
  [
    "two services that swap their names",
    { ...base, services: { web: { ...web, formerly: "site" }, site: { ...other, formerly: "web" } } },
    "services.web.formerly: site: must not be a key of `services`: what the stack has under that name stays services.site; rename one after the other, each in an `up` of its own, to a name that is free then\n" +
      "services.site.formerly: web: must not be a key of `services`: what the stack has under that name stays services.web; rename one after the other, each in an `up` of its own, to a name that is free then",
  ],
  [
    "a host's earlier name that is its own",
    { ...base, hosts: { ...base.hosts, kitchen: kitchen("kitchen") } },
    "hosts.kitchen.formerly: kitchen: must not be the entry's own name; write its earlier name, or remove formerly",
  ],
  [
    "one earlier name of two hosts",
    {
      ...base,
      hosts: { ...base.hosts, kitchen: kitchen("pi-2"), attic: node("192.168.1.103", { formerly: "pi-2" }) },
    },
    "hosts.attic.formerly: pi-2: must not be the earlier name of hosts.kitchen too; keep formerly in one of them",
  ],
  [
    "a service's earlier name that another service has",
    { ...base, services: { web, site: { ...other, formerly: "web" } } },
    "services.site.formerly: web: must not be a key of `services`: what the stack has under that name stays services.web; remove formerly once the `up` that renamed is done, or rename services.web",
  ],
  [
    "a load balancer's earlier name that is its own",
    { ...base, services: { web }, loadBalancers: { front: { ...front, formerly: "front" } } },
    "loadBalancers.front.formerly: front: must not be the entry's own name; write its earlier name, or remove formerly",
  ],
  [
    "an earlier name that cannot be one",
    { ...base, services: { web: { ...web, formerly: "Web!" } } },
    "services.web.formerly: Web!: must be 1 to 31 of a-z, 0-9 and -, and start with a letter; choose another name",
  ],
  [
    "the earlier name of the gateway in site.gateway",
    { ...base, hosts: { cellar: { ...base.hosts.gateway, formerly: "gateway" } } },
    "site.gateway: gateway: must be a key of `hosts`; choose one of cellar",
  ],
]);

test("a host, a service and a load balancer may have the same earlier name", (t) => {
  t.notThrows(() =>
    parse(
      {
        ...base,
        hosts: { ...base.hosts, kitchen: kitchen("old") },
        services: { web: { ...web, formerly: "old" } },
        loadBalancers: { front: { ...front, formerly: "old" } },
      },
      "us-east-1",
    ),
  );
});
