# vpn-status, with swanctl.conf: asks charon by its vici interface.

set -eu
associations=$(timeout 3 swanctl --list-sas --raw 2>/dev/null) || exit 1
# shellcheck disable=SC2016 # awk
read_associations='
  # list-sa event {tunnel1 {... state=ESTABLISHED ... child-sas {tunnel1-7 {... state=INSTALLED ...
  /^list-sa event/ {
    name = substr($3, 2)
    children = index($0, "child-sas {")
    ike = substr($0, 1, children)
    child = substr($0, children)
    if (ike ~ / state=(ESTABLISHED|REKEY)/) better(name, 1)
    else if (ike ~ / state=(CONNECTING|CREATED)/) better(name, 2)
    if (child ~ / state=(INSTALLED|REKEYING|UPDATING) /) better(name, 3)
    else if (child ~ / state=(CREATED|INSTALLING|RETRYING) /) better(name, 2)
    while (match(child, / bytes-(in|out)=[0-9]+/)) {
      split(substr(child, RSTART + 7, RLENGTH - 7), part, "=")
      if (part[1] == "in") came[name] += part[2]
      else went[name] += part[2]
      child = substr(child, RSTART + RLENGTH)
    }
  }'
