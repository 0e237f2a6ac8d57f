import type { Script } from "../../step.ts";
import { daemonUnit, firewallUnit, programs, tunnelsOf, type VpnGatewayArgs, watchdogUnit } from "./args.ts";

/**
 * What charon said of each tunnel that is not up, and what that means. charon logs no pre-shared key at the level it
 * runs at.
 */
export function explainScript(args: VpnGatewayArgs): Script {
  const unit = daemonUnit[args.format];
  const ofTunnel =
    args.format === "ipsec.conf"
      ? `journalctl -q --no-pager -o cat -n 400 -u ${unit} | grep -F "<$1|"`
      : `journalctl -q --no-pager -o cat -n 400 -u ${unit} IKE_SA_NAME="$1"`;
  return `
systemctl is-active --quiet ${unit} || {
  echo "${unit} does not run; it last said:"
  journalctl -q --no-pager -o cat -n 10 -u ${unit}
}
for unit in ${firewallUnit} ${watchdogUnit}; do
  systemctl is-active --quiet "$unit" || journalctl -q --no-pager -o cat -n 5 -u "$unit"
done
said_of() { { ${ofTunnel} || :; } | tail -n 8; }
${hints(args)}
tunnels=$("$ROOT${programs}/vpn-status") || tunnels=$(printf '%s none 0 0\\n' ${tunnelsOf(args)
    .map((tunnel) => tunnel.name)
    .join(" ")})
echo "$tunnels" | while read -r tunnel state bytes _; do
  case $tunnel in
${tunnelsOf(args)
  .map((tunnel) => `    ${tunnel.name}) address=${tunnel.address} ;;`)
  .join("\n")}
  esac
  if [ "$state" = installed ]; then
    echo "$tunnel to $address: is up, $bytes bytes came in"
  else
    said=$(said_of "$tunnel")
    echo "$tunnel to $address: $(hint "$address" "$said")"
    [ -z "$said" ] || echo "$said" | sed 's/^/  charon: /'
  fi
done
`;
}

/** The last refusal decides: an older one may have been mended since. */
const hints = (args: VpnGatewayArgs) => `hint() {
  case $(echo "$2" | grep -oE 'AUTHENTICATION_FAILED|AUTH_FAILED|NO_PROPOSAL_CHOSEN|NO_PROP|TS_UNACCEPTABLE|retransmit|giving up after|not responding|no private key found|no shared key found|netlink error' | tail -n 1) in
    AUTH*) echo "AWS refused the authentication: its tunnel has another pre-shared key, or its customer gateway another address than site.publicAddress ${args.customerGatewayAddress}; compare both with the VPN connection" ;;
    NO_PROP*) echo "AWS refused the proposals: the tunnel's options must admit IKEv2 with AES256-GCM-16, SHA2-384 and DH group 20 in both phases; compare them with the VPN connection's" ;;
    TS_UNACCEPTABLE) echo "AWS refused the traffic selectors: the VPN connection's local and remote network ranges must contain ${args.siteCidr} and ${args.vpcCidr}; set both to 0.0.0.0/0" ;;
    retransmit | giving* | "not responding") echo "no answer from $1: UDP 500 and 4500 must pass the site's router and firewall both ways, and the address must be the tunnel's; compare it with the VPN connection" ;;
    *key*) echo "charon found no pre-shared key for $1: the files of this step were changed by hand; run the update again" ;;
    netlink*) echo "the kernel refused what charon asked of it; set vpn.dataPath to userspace if it has no ESP" ;;
    *) echo "is not up, and charon says nothing of why" ;;
  esac
}`;
