# preflight, 4 of 4: the rows, the table and the program.

# The larger of two numbers, or the smaller; an empty one is ignored.
larger() { if [ -z "$1" ] || [ "${2:-0}" -gt "$1" ]; then echo "${2-}"; else echo "$1"; fi; }
smaller() { if [ -z "$1" ] || [ "${2:-$1}" -lt "$1" ]; then echo "${2-}"; else echo "$1"; fi; }

# SECONDS, as curl prints them: sets $milliseconds, rounded up.
in_milliseconds() {
  milliseconds=${1#*.}
  milliseconds=$((${1%.*} * 1000 + (1$milliseconds - 1000000 + 999) / 1000))
}

# Prints $row: NAME SERVICE VERDICT ADDRESSES CONNECT-MS TLS-MS MSS UP-BYTES DOWN-BYTES SKEW-S; what is not known is empty.
print_row() {
  local verdict opening handshake mss up down off address
  read_resolved
  read -r verdict <"$work/$row.verdict"
  opening='' handshake='' mss='' up='' down='' off=''
  for address in $addresses; do
    read_request
    [ "$connect" != 0.000000 ] || continue
    in_milliseconds "$connect"
    opening=$(larger "$opening" "$milliseconds")
    mss=$(smaller "$mss" "$(segment_to "$address")")
    [ "$tls" != 0.000000 ] || continue
    in_milliseconds "$tls"
    handshake=$(larger "$handshake" "$milliseconds")
    down=$(smaller "$down" "$(certificate_bytes "$row.$address")")
    [ "$http" != 000 ] || continue
    up=$(smaller "$up" "$sent")
    read_skew "$row.$address"
    [ -z "$skew" ] || [ "${skew#-}" -lt "${off#-}" ] 2>/dev/null || off=$skew
  done
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$service" "$verdict" \
    "$(echo "$resolved" | tr ' ' ',')" "$opening" "$handshake" "$mss" "$up" "$down" "$off"
}

print_table() {
  {
    printf 'name\tendpoint\tresult\tresolves to\tTCP ms\tTLS ms\tMSS\tup B\tdown B\tclock s\n'
    cat "$work/rows"
  } | awk -F '\t' '
    { for (i = 1; i <= 10; i++) { cell[NR, i] = $i == "" ? "-" : $i; if (length(cell[NR, i]) > wide[i]) wide[i] = length(cell[NR, i]) } }
    END {
      for (r = 1; r <= NR; r++) {
        line = ""
        for (i = 1; i <= 10; i++) line = line sprintf(i > 4 ? "%" wide[i] "s  " : "%-" wide[i] "s  ", cell[r, i])
        sub(/ +$/, "", line)
        print line
      }
    }'
}

# Sets $concerned to the names that a cause was found for: the first, and how many more.
read_concerned() {
  count=$(awk -F '\t' -v cause="$1" '$3 == cause { n++ } END { print n + 0 }' "$work/rows")
  concerned=$(awk -F '\t' -v cause="$1" '$3 == cause { print $1; exit }' "$work/rows")
  [ "$count" -lt 2 ] || concerned="$concerned and $((count - 1)) more"
}

# Sets CAUSE, VALUE, RULE and REMEDY to the verdict of the first name that has this cause.
read_verdict() {
  local first
  first=$(awk -F '\t' -v cause="$1" '$3 == cause { print NR; exit }' "$work/rows")
  {
    read -r CAUSE
    read -r VALUE
    read -r RULE
    REMEDY=$(cat)
  } <"$work/$first.verdict"
}

# FUNCTION: for every cause that was found, in order.
each_cause() {
  local cause
  while read -r cause; do
    read_concerned "$cause"
    [ "$count" = 0 ] || { read_verdict "$cause" && "$1"; }
  done <<END
$causes
END
}

print_cause() {
  echo "$CAUSE ($concerned): $VALUE: $RULE; $REMEDY"
}

# For `verify`, which reports only the first cause.
tell_cause() {
  [ -z "$told" ] || return 0
  told=yes
  printf 'cause\t%s\t%s\t%s\t%s\n' "$CAUSE ($concerned)" "$VALUE" "$RULE" "$REMEDY"
}

main() {
  case ${1-} in
    '' | --rows) ;;
    *)
      echo "usage: preflight [--rows]: measures the way to AWS's private endpoints; exit status 1: something is wrong" >&2
      exit 2
      ;;
  esac
  if [ "$(id -u)" != 0 ]; then
    echo "user: $(id -un): must be root, to look into connections and to ask resolvers directly; run it with sudo" >&2
    exit 2
  fi
  work=$(mktemp -d) || exit 2
  trap 'rm -rf "$work"' EXIT
  trap 'exit 2' HUP INT TERM
  opened=
  measure_names
  each_name note_opened
  keep_open
  find_witness
  ask_further
  wait
  each_name judge
  each_name print_row >"$work/rows"
  if [ "${1-}" = --rows ]; then
    cat "$work/rows"
    print_table >&2
    told=
    each_cause tell_cause
  else
    print_table
    echo
    each_cause print_cause
  fi
  ! cut -f 3 "$work/rows" | grep -qvx -e ok -e 'no endpoint'
}

main "$@"
