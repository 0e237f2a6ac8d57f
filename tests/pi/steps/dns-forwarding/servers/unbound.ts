import type { ServerTest } from "../server-test.ts";

export const server: ServerTest = {
  snippet: `# /etc/unbound/unbound.conf.d/aws.conf, then: unbound-checkconf && systemctl reload unbound
# Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
server:
    # By default unbound stops using a server for 15 minutes after half a minute of silence.
    infra-host-ttl: 10
    private-domain: "us-east-1.amazonaws.com"
    domain-insecure: "us-east-1.amazonaws.com"
    private-domain: "us-east-1.api.aws"
    domain-insecure: "us-east-1.api.aws"
forward-zone:
    name: "us-east-1.amazonaws.com."
    forward-addr: 10.0.1.10
    forward-addr: 10.0.2.10
forward-zone:
    name: "us-east-1.api.aws."
    forward-addr: 10.0.1.10
    forward-addr: 10.0.2.10
`,
  install: (host) => host.fake("unbound-checkconf"),
  checker: "unbound-checkconf",
  otherNames: {
    path: "/etc/unbound/unbound.conf.d/ecs-anywhere-hybrid.conf",
    line: /^ {4}forward-addr: 127\.0\.0\.1@9$/m,
  },
  world: {
    program: "/usr/sbin/unbound",
    start: "unbound -d -p",
    reload: 'kill -HUP "$(cat "$pid")"',
    prepare: `
echo ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D" >/var/lib/unbound/root.key
chown -R unbound:unbound /var/lib/unbound
`,
    site: {
      "/etc/unbound/unbound.conf.d/home.conf": `server:
    interface: 0.0.0.0
    access-control: 192.168.1.0/24 allow
    private-address: 10.0.0.0/8
forward-zone:
    name: "."
    forward-addr: 192.168.1.1
`,
    },
  },
};
