# The converge program: tables of nftables, each from an owned file that deletes it before it defines it, so that the
# file takes effect as a whole or not at all. Template and note are the file's path: its content is the table.
# The running table must equal what nft makes of the file in a scratch network namespace: the same text, in any version.
# A unit of the step's own, beside these items, loads it before the network is up.

# NAME: sets LISTING to the file that keeps this text.
table_listing() {
  LISTING=$STATE/table-${1##* }
}

table_in_force() {
  table_listing "$NAME"
  # shellcheck disable=SC2086 # Family and name.
  [ -e "$LISTING" ] && [ "$(nft -s list table $NAME 2>/dev/null)" = "$(cat "$LISTING")" ]
}

table_note() {
  NOTE=$2
}

validate_table() {
  [ ! -e "$STAGE$ITEM_MODE" ] || run nft -c -f "$STAGE$ITEM_MODE"
}

table_bring() {
  load_table "$NAME" "$ROOT$ITEM_MODE"
}

# NAME FILE
load_table() {
  table_listing "$1"
  run nft -f "$2"
  # shellcheck disable=SC2016 # The inner shell expands it.
  unshare -n sh -c 'nft -f "$0" && nft -s list table $1' "$2" "$1" >"$LISTING.new" ||
    fail "nft table $1" "cannot be listed" "must be what $2 says" "look at the file"
  mv -f "$LISTING.new" "$LISTING"
}

table_restore() {
  table_listing "$1"
  if [ -e "$ROOT$2" ]; then
    load_table "$1" "$ROOT$2"
    return
  fi
  rm -f "$LISTING"
  if ! command -v nft >/dev/null; then
    echo "no nft to remove the table $1 with: reboot the host, and it is gone"
    return
  fi
  # shellcheck disable=SC2086
  nft delete table $1 2>/dev/null || :
}

table_rule() {
  NOTE="changed by hand"
  RULE="must be as $ITEM_MODE has it"
  REMEDY="look for what changes it on the host"
}
