import type { ServerTest } from "../server-test.ts";

export const server: ServerTest = {
  snippet: `# /etc/dnsmasq.d/aws.conf, then: systemctl restart dnsmasq
# Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
server=/us-east-1.amazonaws.com/10.0.1.10
server=/us-east-1.amazonaws.com/10.0.2.10
server=/us-east-1.api.aws/10.0.1.10
server=/us-east-1.api.aws/10.0.2.10
# All at once, as a dead one is noticed only when a client asks again.
all-servers
# For stop-dns-rebind: the answers are private addresses.
rebind-domain-ok=/us-east-1.amazonaws.com/us-east-1.api.aws/
`,
  install: (host) => host.fake("dnsmasq"),
  checker: "dnsmasq",
  otherNames: { path: "/etc/dnsmasq.d/ecs-anywhere-hybrid.conf", line: /^no-resolv\n$/m },
  world: {
    program: "/usr/sbin/dnsmasq",
    start: "dnsmasq -k -7 /etc/dnsmasq.d --log-queries --log-facility=-",
    site: { "/etc/dnsmasq.d/home.conf": "no-resolv\nserver=192.168.1.1\nstop-dns-rebind\n" },
  },
};
