/** What plays systemd on the node of a world. */

/** What systemd would do with these units: their drop-ins' preparations, then the daemon; none of it waits. */
const systemctl = `#!/bin/sh
[ "$1" != --quiet ] || shift
verb=$1
[ "$verb $2" != "disable --now" ] || shift
unit=\${2%.service}
pid=/run/units/$unit
runs() { [ -e "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; }
stop() {
  runs || return 0
  kill "$(cat "$pid")"
  while runs; do sleep 0.05; done
}
start() {
  for file in /etc/systemd/system/$unit.service.d/*.conf; do
    [ ! -e "$file" ] || sed -n 's/^ExecStartPre=+//p' "$file" | sh -e || exit 1
  done
  case $unit in
    dnsmasq) set -- dnsmasq -k -7 /etc/dnsmasq.d --log-queries --log-facility=- ;;
    unbound) set -- unbound -d -p ;;
    named) set -- named -g -u bind ;;
    systemd-resolved) set -- /lib/systemd/systemd-resolved ;;
    *) exit 1 ;;
  esac
  setsid "$@" </dev/null >>/run/units/$unit.log 2>&1 &
  echo $! >"$pid"
  # It is started once it is on the bus.
  [ "$unit" != systemd-resolved ] || for _ in $(seq 50); do ! resolvectl >/dev/null 2>&1 || break; sleep 0.1; done
}
case $verb in
  is-active) runs ;;
  is-enabled | enable | daemon-reload | cat) ;;
  stop | disable) stop ;;
  restart) stop; start ;;
  reload-or-restart)
    case $unit in
      unbound) kill -HUP "$(cat "$pid")" ;;
      named) rndc reload ;;
      *) stop; start ;;
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
mkdir -p /run/named /run/dbus /run/systemd/resolve
chown bind:bind /run/named /var/cache/bind
chown systemd-resolve:systemd-resolve /run/systemd/resolve
for folder in . links leases lldp; do
  mkdir -p "/run/systemd/netif/$folder"
  chown systemd-network:systemd-network "/run/systemd/netif/$folder"
done
printf '[Match]\\nName=eth0\\n[Network]\\nLinkLocalAddressing=no\\nKeepConfiguration=yes\\n' >/etc/systemd/network/10-eth0.network
echo "\${domain:-. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D}" >/var/lib/unbound/root.key
chown -R unbound:unbound /var/lib/unbound
rndc-confgen -a -q 2>/dev/null || rndc-confgen -a 2>/dev/null
chown bind:bind /etc/bind/rndc.key
dbus-daemon --system --fork --nopidfile
setsid /lib/systemd/systemd-networkd </dev/null >/run/units/networkd.log 2>&1 &
`;
