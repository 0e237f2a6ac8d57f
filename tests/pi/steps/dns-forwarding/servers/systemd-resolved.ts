import type { ServerTest } from "../server-test.ts";

export const server: ServerTest = {
  snippet: `# /etc/systemd/resolved.conf.d/aws.conf, then: systemctl restart systemd-resolved
# Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
[Resolve]
DNS=10.0.1.10 10.0.2.10
Domains=~us-east-1.amazonaws.com ~us-east-1.api.aws
# And so that all other names do not go there too, in the [Network] section of the .network file of each network with
# name servers (systemd.network(5)): Domains=~.
`,
  // Its commands are those of every host.
  install: () => undefined,
  world: {
    program: "/lib/systemd/systemd-resolved",
    start: "/lib/systemd/systemd-resolved",
    // It is started once it is on the bus.
    wait: "for _ in $(seq 50); do ! resolvectl >/dev/null 2>&1 || break; sleep 0.1; done",
    prepare: `
mkdir -p /run/dbus /run/systemd/resolve
chown systemd-resolve:systemd-resolve /run/systemd/resolve
dbus-daemon --system --fork --nopidfile
`,
    site: {
      "/etc/systemd/resolved.conf.d/home.conf": "[Resolve]\nDNSStubListenerExtra=192.168.1.101\n",
      "/etc/systemd/network/10-eth0.network.d/home.conf": "[Network]\nDNS=192.168.1.1\n",
    },
  },
};
