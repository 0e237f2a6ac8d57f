import type { ServerTest } from "../server-test.ts";

const options = "/etc/bind/named.conf.options";

export const server: ServerTest = {
  snippet: `# /etc/bind/named.conf.local, then: named-checkconf && rndc reconfig
// Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
zone "us-east-1.amazonaws.com" { type forward; forward only; forwarders { 10.0.1.10; 10.0.2.10; }; };
zone "us-east-1.api.aws" { type forward; forward only; forwarders { 10.0.1.10; 10.0.2.10; }; };
// And within options { } in /etc/bind/named.conf.options:
//   validate-except { "us-east-1.amazonaws.com"; "us-east-1.api.aws"; };
`,
  install: (host) => {
    host.write(options, "options {\n\tdnssec-validation auto;\n};\n");
    host.write("/etc/bind/named.conf.local", "// zones\n");
    host.write("/etc/bind/named.conf", "");
    host.fake(
      "dpkg-query",
      `case "$*" in *Conffiles*) echo " ${options} $(md5sum <"$ROOT${options}")" ;; esac`,
    );
    host.fake("named-checkconf");
    host.fake("rndc");
  },
  checker: "named-checkconf",
  otherNames: { path: options, line: /^ {2}forwarders \{ 127\.0\.0\.1 port 9; \};$/m },
  world: {
    program: "/usr/sbin/named",
    start: "named -g -u bind",
    reload: "rndc reload",
    prepare: `
mkdir -p /run/named
chown bind:bind /run/named /var/cache/bind
rndc-confgen -a -q 2>/dev/null || rndc-confgen -a 2>/dev/null
chown bind:bind /etc/bind/rndc.key
`,
    site: {
      [options]: `options {
\tdirectory "/var/cache/bind";
\tforwarders { 192.168.1.1; };
\tdnssec-validation auto;
\tallow-query { any; };
};
`,
    },
  },
};
