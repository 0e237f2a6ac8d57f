/** What plays systemd on the node of a world. */
import { servers } from "../../../../pi/steps/dns-forwarding/servers/index.ts";
import { type ServerTest, serverTests } from "./server-test.ts";

/** A branch of `case $unit` for each server. */
const branches = (words: (server: ServerTest["world"]) => string) =>
  Object.entries(servers)
    .map(([name, { unit }]) => `${unit}) ${words(serverTests[name as keyof typeof servers].world)} ;;`)
    .join("\n    ");

/** What systemd would do with these units: the daemon, and none of it waits. */
const systemctl = `#!/bin/sh
[ "$1" != --quiet ] || shift
verb=$1
enabled=/run/units/enabled
mkdir -p "$enabled"
unit=\${2%.service}
pid=/run/units/$unit
# What it does is the converge program's, too.
oneshot() { [ "$unit" = ecs-anywhere-hybrid-dns-forwarding ]; }
show() {
  for unit; do
    unit=\${unit%.service}
    pid=/run/units/$unit
    if [ -e "$enabled/$unit" ]; then echo UnitFileState=enabled; else echo UnitFileState=disabled; fi
    if runs; then echo ActiveState=active; else echo ActiveState=inactive; fi
    echo
  done
}
runs() { if oneshot; then [ -e "$pid" ]; return; fi; [ -e "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; }
stop() {
  runs || return 0
  if oneshot; then rm "$pid"; return; fi
  kill "$(cat "$pid")"
  while runs; do sleep 0.05; done
}
start() {
  if oneshot; then : >"$pid"; return; fi
  case $unit in
    ${branches(({ start }) => `set -- ${start}`)}
    *) exit 1 ;;
  esac
  setsid "$@" </dev/null >>/run/units/$unit.log 2>&1 &
  echo $! >"$pid"
  case $unit in
    ${branches(({ wait }) => wait ?? "")}
  esac
}
case $verb in
  is-active) runs ;;
  show) shift 6; show "$@" ;;
  daemon-reload | reset-failed | cat) ;;
  enable) : >"$enabled/$unit" ;;
  disable) rm -f "$enabled/$unit" ;;
  start) runs || start ;;
  stop) stop ;;
  restart) stop; start ;;
  try-restart) ! runs || { stop; start; } ;;
  reload-or-restart)
    case $unit in
      ${branches(({ reload }) => reload ?? "stop; start")}
    esac
    ;;
  *) exit 1 ;;
esac
`;

export const standIns: Readonly<Record<string, string>> = {
  systemctl,
  "systemd-run": "#!/bin/sh\n",
  sync: "#!/bin/sh\n",
  journalctl:
    '#!/bin/sh\nfor word; do case $word in *.service) tail -n 20 "/run/units/${word%.service}.log" ;; esac; done\n',
};

/** What the machine's boot, the services' own packages and systemd prepare. */
export const prepared = `
mount -t sysfs -o ro sysfs /sys
printf 'nameserver 192.168.1.1\\nsearch home.arpa\\n' >/etc/resolv.conf
mkdir -p /run/units /run/systemd/system
for folder in . links leases lldp; do
  mkdir -p "/run/systemd/netif/$folder"
  chown systemd-network:systemd-network "/run/systemd/netif/$folder"
done
printf '[Match]\\nName=eth0\\n[Network]\\nLinkLocalAddressing=no\\nKeepConfiguration=yes\\n' >/etc/systemd/network/10-eth0.network
${Object.values(serverTests)
  .map(({ world }) => world.prepare ?? "")
  .join("")}
setsid /lib/systemd/systemd-networkd </dev/null >/run/units/networkd.log 2>&1 &
`;
