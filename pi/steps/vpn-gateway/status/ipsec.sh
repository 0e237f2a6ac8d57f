# vpn-status, with ipsec.conf: asks charon by its stroke interface.

set -eu
PATH=$PATH:/usr/lib/ipsec
# What `ipsec statusall` runs, without the shell around it, which takes three times as long.
associations=$(timeout 3 stroke statusall 2>/dev/null) || exit 1
# shellcheck disable=SC2016 # awk
read_associations='
  # tunnel1[3]: ESTABLISHED 2 minutes ago, ...
  # tunnel1{7}:  INSTALLED, TUNNEL, ...
  # tunnel1{7}:  AES_GCM_16_256, 84 bytes_i (1 pkt, 3s ago), ...
  match($1, /[[{][0-9]+[]}]:$/) {
    name = substr($1, 1, RSTART - 1)
    if ($1 ~ /\]:$/) {
      if ($2 ~ /^ESTABLISHED|^REKEY/) better(name, 1)
      else if ($2 ~ /^CONNECTING|^CREATED/) better(name, 2)
    }
    else if ($2 ~ /^INSTALLED|^REKEYING|^UPDATING/) better(name, 3)
    else if ($2 ~ /^CREATED|^INSTALLING|^RETRYING/) better(name, 2)
    if (match($0, /[0-9]+ bytes_i/)) came[name] += substr($0, RSTART, RLENGTH - 8)
    if (match($0, /[0-9]+ bytes_o/)) went[name] += substr($0, RSTART, RLENGTH - 8)
  }'
