# Prints what was read of $associations; TUNNELS names the tunnels.
awk -v tunnels="$TUNNELS" "$read_associations"'
  function better(name, value) { if (value > rank[name]) rank[name] = value }
  END {
    split("none established connecting installed", word, " ")
    count = split(tunnels, names, " ")
    for (i = 1; i <= count; i++) print names[i], word[rank[names[i]] + 1], came[names[i]] + 0, went[names[i]] + 0
  }' <<END
$associations
END
