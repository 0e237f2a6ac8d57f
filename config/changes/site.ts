import type { RowsOf } from "./row.ts";

const onlyFirstStep =
  "The key is used by a host's first step alone, which runs again; all other steps use the automation key.";

export const site = {
  "site.cidr": {
    effect: "replaced",
    text: "The VPN gets a route to the new range, and loses the one to the former range once everything else has followed.",
    to: { site: { cidr: "192.168.0.0/23" } },
    steps: [
      "create VpnConnectionRoute vpn-route-192.168.0.0/23",
      "delete VpnConnectionRoute vpn-route-192.168.1.0/24",
      "create SecurityGroup*Rule *-192.168.0.0/23",
      "delete SecurityGroup*Rule *-192.168.1.0/24",
      "update Command gateway-vpn-gateway",
    ],
  },
  "site.secondaryCidrs": {
    effect: "added and removed",
    text: "A range gets a route of the VPN and rules of the security groups, or loses them; the gateway follows, and the other ranges are not interrupted. With `dataPath: userspace` the tunnels are negotiated again.",
    to: { site: { secondaryCidrs: ["192.168.2.0/24"] } },
    steps: [
      "create VpnConnectionRoute vpn-route-192.168.2.0/24",
      "create SecurityGroup*Rule *-192.168.2.0/24",
      "update Command gateway-vpn-gateway",
    ],
  },
  "site.publicAddress": {
    effect: "replaced",
    text: "The customer gateway is replaced; the VPN connection and its tunnels' addresses stay. Both tunnels are down meanwhile.",
    to: { site: { publicAddress: "198.51.100.8" } },
    steps: [
      "replace CustomerGateway vpn-customer-gateway",
      "update VpnConnection vpn-connection",
      "update Command gateway-vpn-gateway",
    ],
  },
  "site.gateway": {
    effect: "only on hosts",
    text: "The new gateway is configured, the routes of the other hosts follow, and the former one is cleared. Both gateways share the tunnels meanwhile, so traffic is interrupted.",
    from: { hosts: { NAME: {} } },
    to: { site: { gateway: "NAME" }, hosts: { NAME: {} } },
    steps: [
      "create Command NAME-vpn-gateway",
      "delete Command NAME-static-route",
      "create Command gateway-static-route",
      "delete Command gateway-vpn-gateway",
      "update Command *-static-route",
      "update Command *-preflight",
    ],
  },
  "site.internet": {
    effect: "only on hosts",
    text: "The nodes' firewall is installed or removed; tasks that use the internet lose it with `never`.",
    to: { site: { internet: "never" } },
    steps: ["create Command *-egress-firewall", "update Command *-ecs-agent"],
  },
  "site.packages": {
    effect: "only on hosts",
    text: "Installed packages stay; without it the hosts' own sources are in force again.",
    from: { site: { packages: undefined } },
    to: { site: { packages: { from: "mirror", sources: ["deb http://192.168.1.2/debian bookworm main"] } } },
    steps: ["create Command *-package-source"],
  },
  "site.packages.from": {
    effect: "only on hosts",
    text: "Installed packages stay.",
    to: { site: { packages: { from: "bundle", file: "packages.tar", sources: undefined } } },
    steps: ["create CopyToRemote *-packages", "update Command *-package-source"],
  },
  "site.packages.sources": {
    effect: "only on hosts",
    text: "Installed packages stay.",
    to: { site: { packages: { sources: ["deb http://192.168.1.3/debian bookworm main"] } } },
    steps: ["update Command *-package-source"],
  },
  "site.packages.file": {
    effect: "only on hosts",
    text: "The file is uploaded to every host. Installed packages stay.",
    from: { site: { packages: { from: "bundle", file: "packages.tar", sources: undefined } } },
    to: { site: { packages: { from: "bundle", file: "other-packages.tar", sources: undefined } } },
    steps: ["update CopyToRemote *-packages", "update Command *-package-source"],
  },
  "site.dns": {
    effect: "only on hosts",
    text: "The names of AWS lead to the endpoints, or to the internet again without it.",
    from: { site: { dns: undefined } },
    steps: ["create Command *-dns-forwarding", "create Command *-preflight", "update Command *-ecs-agent"],
  },
  "site.dns.at": {
    effect: "only on hosts",
    text: "The nodes' own DNS servers are configured or cleared.",
    to: { site: { dns: { at: "elsewhere", server: "dnsmasq", address: "192.168.1.2" } } },
    steps: ["delete Command *-dns-forwarding", "update Command *-preflight"],
  },
  "site.dns.server": {
    effect: "only on hosts",
    text: "The new server is installed before the former one is cleared.",
    to: { site: { dns: { server: "unbound" } } },
    steps: ["update Command *-dns-forwarding", "update Command *-preflight"],
  },
  "site.dns.host": {
    effect: "only on hosts",
    text: "The new host forwards before the former one is cleared.",
    from: { site: { dns: { at: "host", host: "NAME" } }, hosts: { NAME: {}, "NAME-2": {} } },
    to: { site: { dns: { at: "host", host: "NAME-2" } }, hosts: { NAME: {}, "NAME-2": {} } },
    steps: [
      "delete Command NAME-dns-forwarding",
      "create Command NAME-2-dns-forwarding",
      "update Command *-preflight",
    ],
  },
  "site.dns.address": {
    effect: "only on hosts",
    text: "Every node measures its way to the endpoints again.",
    from: { site: { dns: { at: "elsewhere", address: "192.168.1.2" } } },
    to: { site: { dns: { at: "elsewhere", address: "192.168.1.3" } } },
    steps: ["update Command *-preflight"],
  },
  "site.preflight": {
    effect: "only on hosts",
    text: "Every node measures its way to the endpoints again.",
    to: { site: { preflight: 1 } },
    steps: ["update Command *-preflight"],
  },
  "site.converge": {
    effect: "only on hosts",
    text: "Every step of every host runs again; what is in force already stays as it is.",
    to: { site: { converge: 1 } },
    steps: ["update Command *", "update CopyToRemote *-upload"],
    alone: true,
  },
  "hosts.NAME": {
    effect: "added and removed",
    text: "A removed host is cleared of every step, and a node leaves the cluster. Another name for the same host needs `formerly`.",
    from: { hosts: { NAME: undefined } },
    to: { hosts: { NAME: {} } },
    steps: ["create Activation cluster-NAME-0", "create Command NAME-*", "create CopyToRemote NAME-upload"],
  },
  "hosts.NAME.address": {
    effect: "replaced",
    text: "Every step runs again at the new address, and load balancers get a new target, unless they had one at that address. The host must already have that address.",
    from: {
      hosts: { NAME: { address: "192.168.1.240", node: { attributes: { pool: "NAME" } } } },
      services: {
        NAME: {
          placement: { attributes: { pool: "NAME", base: undefined } },
          network: { mode: "bridge", ports: [{ host: 8400, container: 80 }] },
        },
      },
      loadBalancers: { NAME: { service: "NAME", hostPort: 8400 } },
    },
    to: {
      hosts: { NAME: { address: "192.168.1.241", node: { attributes: { pool: "NAME" } } } },
      services: {
        NAME: {
          placement: { attributes: { pool: "NAME", base: undefined } },
          network: { mode: "bridge", ports: [{ host: 8400, container: 80 }] },
        },
      },
      loadBalancers: { NAME: { service: "NAME", hostPort: 8400 } },
    },
    steps: [
      "create TargetGroupAttachment NAME-target/192.168.1.241",
      "delete TargetGroupAttachment NAME-target/192.168.1.240",
      "update Command NAME-*",
      "update CopyToRemote NAME-upload",
    ],
  },
  "hosts.NAME.user": {
    effect: "only on hosts",
    text: "Every step runs again as the new user, which must be there.",
    to: { hosts: { NAME: { user: "admin" } } },
    steps: ["update Command NAME-*", "update CopyToRemote NAME-upload"],
  },
  "hosts.NAME.port": {
    effect: "only on hosts",
    text: "Every step runs again through the new port, at which sshd must already listen.",
    to: { hosts: { NAME: { port: 2222 } } },
    steps: ["update Command NAME-*", "update CopyToRemote NAME-upload"],
  },
  "hosts.NAME.hostKey": {
    effect: "only on hosts",
    text: "Every step runs again, on a host that shows the new key.",
    to: {
      hosts: {
        NAME: {
          hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy",
        },
      },
    },
    steps: ["update Command NAME-*", "update CopyToRemote NAME-upload"],
  },
  "hosts.NAME.fan": {
    effect: "only on hosts",
    text: "The host is rebooted; its tasks start again.",
    to: { hosts: { NAME: { fan: { overlay: "rpi-poe" } } } },
    steps: ["create Command NAME-fan", "update Command NAME-kernel", "update Command NAME-reboot"],
  },
  "hosts.NAME.fan.overlay": {
    effect: "only on hosts",
    text: "The host is rebooted; its tasks start again.",
    from: { hosts: { NAME: { fan: { overlay: "rpi-poe" } } } },
    to: { hosts: { NAME: { fan: { overlay: "rpi-poe-plus" } } } },
    steps: ["update Command NAME-fan", "update Command NAME-reboot"],
  },
  "hosts.NAME.fan.celsius": {
    effect: "only on hosts",
    text: "The host is rebooted; its tasks start again.",
    from: { hosts: { NAME: { fan: { overlay: "rpi-poe" } } } },
    to: { hosts: { NAME: { fan: { overlay: "rpi-poe", celsius: [60, 65, 70, 75] } } } },
    steps: ["update Command NAME-fan", "update Command NAME-reboot"],
  },
  "hosts.NAME.node": {
    effect: "added and removed",
    text: "The host joins the cluster. Without it, the host leaves the cluster, and its tasks start on other nodes.",
    from: { hosts: { NAME: { node: undefined } } },
    to: { hosts: { NAME: { node: {} } } },
    steps: ["create Activation cluster-NAME-0", "create Command NAME-*"],
  },
  "hosts.NAME.node.attributes": {
    effect: "only on hosts",
    text: "The ECS agent is restarted; tasks that run stay.",
    to: { hosts: { NAME: { node: { attributes: { rack: "1" } } } } },
    steps: ["update Command NAME-ecs-agent"],
  },
  "hosts.NAME.node.reinstalled": {
    effect: "replaced",
    text: "The node gets a new activation and joins the cluster as another instance; every step runs on it again.",
    to: { hosts: { NAME: { node: { reinstalled: 1 } } } },
    steps: [
      "create Activation cluster-NAME-1",
      "delete Activation cluster-NAME-0",
      "update Command NAME-*",
      "update CopyToRemote NAME-upload",
    ],
  },
  "hosts.NAME.formerly": {
    effect: "only on hosts",
    text: "The host stays as it is and keeps its activation; the steps note their new owner.",
    from: { hosts: { NAME: { formerly: "NAME-new" } } },
    to: { hosts: { NAME: undefined, "NAME-new": { formerly: "NAME" } } },
    steps: ["update Command NAME-new-*"],
    back: ["update Command NAME-*"],
  },
  "hosts.NAME.dead": {
    effect: "added and removed",
    text: "Nothing is sent to the host any more, another node signs it off, and load balancers forget it.",
    to: { hosts: { NAME: { dead: true } } },
    steps: [
      "create Command node-1-NAME-forgotten",
      "delete Activation cluster-NAME-0",
      "delete CopyToRemote NAME-upload",
    ],
    back: [
      "create Activation cluster-NAME-0",
      "create CopyToRemote NAME-upload",
      "delete Command node-1-NAME-forgotten",
      "update Command NAME-ecs-agent",
    ],
  },
  "ssh.login": {
    effect: "only on hosts",
    text: onlyFirstStep,
    to: { ssh: { login: "automation" } },
    steps: ["update Command *-automation-key"],
  },
  "ssh.privateKey": {
    effect: "only on hosts",
    text: onlyFirstStep,
    from: { ssh: { privateKey: "the first person's key" } },
    to: { ssh: { privateKey: "another person's key" } },
    steps: ["update Command *-automation-key"],
  },
} satisfies RowsOf<"site" | "hosts" | "ssh">;
