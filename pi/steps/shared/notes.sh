# What a step keeps about the host in files of its own folder, a note per line.

# FILE NOTE: whether $STATE/FILE has it.
has_note() {
  grep -qsxF -e "$2" "$STATE/$1"
}

# FILE NOTE
add_note() {
  if has_note "$1" "$2"; then return; fi
  printf '%s\n' "$2" >>"$STATE/$1"
}

# FILE NOTE
remove_note() {
  if has_note "$1" "$2"; then
    grep -vxF -e "$2" "$STATE/$1" >"$STATE/$1.new" || :
    mv "$STATE/$1.new" "$STATE/$1"
  fi
}

# FILE COMMAND…: keeps the notes that the command prints, unless $STATE/FILE is there already: all of them or, if the run
# is killed, none.
keep_notes() {
  local file
  file=$STATE/$1
  shift
  if [ -e "$file" ]; then return; fi
  "$@" >"$file.new"
  mv "$file.new" "$file"
}
