# preflight, 2 of 4: what the measurement shows, and the further questions when a name is not as it should be.

# Sets $closed to the addresses of $row's endpoint that did not open port 443.
read_closed() {
  local address
  closed=
  for address in $addresses; do
    read_request
    [ -n "$reached" ] || closed="$closed${closed:+ }$address"
  done
}

# Sets $resolved to what the host's resolver gave for $row, and $foreign to what of that is not the endpoint's.
read_resolved() {
  local address
  resolved=
  foreign=
  while read -r address; do
    resolved="$resolved${resolved:+ }$address"
    case " $addresses " in *" $address "*) ;; *) foreign="$foreign${foreign:+ }$address" ;; esac
  done <"$work/$row.out"
}

resolves_well() {
  read_resolved
  [ -n "$resolved" ] && [ -z "$foreign" ]
}

# LABEL
was_refused() {
  grep -qs 'Connection refused' "$work/$1.said"
}

# Sets $witness to an address of the VPC that opened a connection; empty: none did. A refusal does not prove it: a firewall on
# this side of the tunnel refuses in the VPC's name.
find_witness() {
  local address target
  witness=
  for address in $opened; do witness=$address; done
  for target in $kept; do
    if [ -z "$witness" ] && is_open "$target"; then witness=${target%:*}; fi
  done
}

# RESOLVER NAME: what the resolver itself answers. The host's own libc asks it, in a mount namespace in which nothing
# else can be asked; over UDP, then over TCP.
ask() {
  local asked answer
  for asked in "$work/only.$1" "$work/only.$1.use-vc"; do
    answer=$(timeout 5 unshare --mount sh -c '
      mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf &&
        { [ ! -d /run/nscd ] || mount -t tmpfs none /run/nscd; } && exec getent ahosts "$3"' \
      sh "$asked" "$work/dns-only" "$2" | awk '$2 == "STREAM" { print $1 }' | sort -u)
    [ -z "$answer" ] || break
  done
  printf '%s\n' "$answer"
}

# NAME ADDRESS: asks the server there, trusted or not.
identify() {
  exec curl -q -sS -k -v --http1.1 --noproxy '*' --resolve "$1:443:$2" --connect-timeout "$CONNECT" \
    --max-time "$REQUEST" -o /dev/null "https://$1/"
}

ask_further() {
  local resolver
  echo 'hosts: dns' >"$work/dns-only"
  # Checked first: with an empty resolv.conf, such as one that is being written, libc asks this host.
  for resolver in $RESOLVERS; do
    printf 'nameserver %s\noptions timeout:2 attempts:1\n' "$resolver" >"$work/only.$resolver"
    printf 'nameserver %s\noptions timeout:2 attempts:1 use-vc\n' "$resolver" >"$work/only.$resolver.use-vc"
  done
  each_name ask_row
  until all_ended; do sleep 0.1; done
}

ask_row() {
  local resolver address
  [ -n "$addresses" ] || return 0
  if ! resolves_well; then
    for resolver in $RESOLVERS; do
      if is_open "$resolver:53"; then begin "ask.$row.$resolver" ask "$resolver" "$name"; fi
    done
  fi
  for address in $addresses; do
    read_request
    case $status in 0 | 7 | 28) ;; *) begin "who.$row.$address" identify "$name" "$address" ;; esac
  done
}

# Sets $said_by to the first resolver that answered for $row itself and $says to its answer; empty: none did.
read_resolver() {
  local resolver
  says=
  said_by=
  for resolver in $RESOLVERS; do
    [ -z "$says" ] || break
    says=$(tr '\n' ' ' 2>/dev/null <"$work/ask.$row.$resolver.out") || continue
    says=${says% }
    said_by=$resolver
  done
  [ -n "$says" ] || said_by=
}

# Sets $answering to the resolvers whose port 53 is open, and $silent to the others.
read_answering() {
  local resolver
  answering=
  silent=
  for resolver in $RESOLVERS; do
    if is_open "$resolver:53"; then
      answering="$answering${answering:+ }$resolver"
    else
      silent="$silent${silent:+ }$resolver"
    fi
  done
}

# LABEL: sets $skew to the seconds that this host's clock is ahead of the answer's Date; empty: there is no Date.
read_skew() {
  local date
  skew=
  date=$(sed -n 's/^< [Dd]ate: //p' "$work/$1.said" 2>/dev/null | head -n 1 | tr -d '\r')
  date=$([ -z "$date" ] || date -d "$date" +%s 2>/dev/null)
  # The time at which curl ended.
  [ -z "$date" ] || skew=$(($(stat -c %Y "$work/$1.status") - date))
}

# Bytes of the certificates in the server's answer to LABEL, as curl saw them.
certificate_bytes() {
  awk '/\(IN\), TLS handshake, Certificate/ { getline; gsub(/[^0-9]/, ""); print; exit }' "$work/$1.said"
}

# Bytes in a segment to ADDRESS, without headers, as the kernel has it.
segment_to() {
  sed -nE "s/^ESTAB +[0-9]+ +[0-9]+ +[^ ]+ +$1:443 .* mss:([0-9]+).*/\\1/p" "$work/kept" | head -n 1
}

# ADDRESS: sets $hop to how packets to it leave this host (`via 192.168.1.196 dev eth0`), and $source to whence.
read_hop() {
  hop=$(ip -4 route get "$1" 2>/dev/null | head -n 1)
  source=${hop#* src }
  source=${source%% *}
  hop=${hop%% src *}
  hop=${hop#"$1 "}
}

# Sets $lives: yes, or empty when the gateway itself answers nothing, not even ARP.
read_gateway() {
  [ -z "${lives-}" ] || return 0
  lives=yes
  ping -q -n -c 1 -W 1 "$GATEWAY" >/dev/null 2>&1 && return
  case $(ip -4 neigh show to "$GATEWAY") in *FAILED* | *INCOMPLETE* | *PROBE* | '') lives=no ;; esac
}
