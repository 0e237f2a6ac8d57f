/** What a host is like, as text: everything that a step may change. Two of them are compared line by line. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inHost } from "../../world/host.ts";
import { paths } from "../../world/paths.ts";

/** Files that a running host changes on its own. */
const living = [
  "/etc/ld.so.cache",
  "/etc/.pwd.lock",
  "/etc/resolv.conf",
  "*-",
  "*.dpkg-*",
  // sudo's own note that its greeting was shown.
  "/home/*/.sudo_as_admin_successful",
];

/** What undoing a step leaves: the services' own data, and dpkg's log of every package that came or went. */
const kept = ["/var/lib/redis-data", "/var/log/dpkg.log"];

const program = `
export LC_ALL=C
find /etc /boot /usr/local /opt /root /home /srv -xdev \\( -type f -o -type l \\) ${living.map((name) => `! -path '${name}'`).join(" ")} \\
  -printf '%m %u:%g %p %l\\n' | sort -k 3 | while read -r mode owner path target; do
  [ -n "$target" ] && echo "link $path $target" || echo "file $path $mode $owner $(sha256sum <"$path" | cut -c 1-16)"
done
dpkg-query -W -f 'package \${db:Status-Abbrev} \${Package}\\n' | grep -v '^package rc'
systemctl list-unit-files --state=enabled --no-legend | awk '{print "enabled " $1}'
ip -4 route show table all | grep -v '^local \\|^broadcast ' | sed 's/^/route /'
ip -o link show | awk '{print "link " $2}' | sed 's/@.*//'
# Rules, and policies that refuse: a table or a chain without either does nothing.
nft list ruleset 2>/dev/null | grep -v -e '^table' -e '^[[:space:]]*chain' -e '^[[:space:]]*}$' -e 'policy accept;$' -e '^$' | sed 's/^/nft /'
sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.ipv4.conf.all.send_redirects net.ipv4.conf.default.rp_filter | sed 's/^/sysctl /'
find /etc/ecs /var/lib /var/log /var/lib/ecs-anywhere-hybrid -maxdepth 1 ${kept.map((name) => `! -path '${name}'`).join(" ")} -printf 'state %p\n' 2>/dev/null | sort
`;

export const takeSnapshot = (host: string): Promise<string> => inHost(host, ["sh", "-c", program]);

const file = (host: string) => join(paths.host(host), "bare");

/** Keeps a snapshot of a host with a new disk, before anything was done to it. */
export async function keepBareState(host: string): Promise<void> {
  writeFileSync(file(host), await takeSnapshot(host));
}

/** Returns the lines that came (+) and went (-) since the host was bare. */
export async function changesSinceBare(host: string): Promise<readonly string[]> {
  if (!existsSync(file(host))) {
    throw new Error(
      `${host}: its bare state was not kept; run \`npm run lab -- down\`, then \`npm run lab\``,
    );
  }
  return differences(readFileSync(file(host), "utf8"), await takeSnapshot(host));
}

/** Returns the lines that came (+) and went (-) between two snapshots. */
export function differences(before: string, now: string): readonly string[] {
  const had = new Set(before.split("\n"));
  const has = new Set(now.split("\n"));
  return [
    ...[...had].filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...[...has].filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ];
}
