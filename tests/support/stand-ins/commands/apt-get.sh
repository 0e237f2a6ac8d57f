# Plays apt-get. The archive is a file for each package in /run/stand-ins/archive, with lines `needs PACKAGE`,
# `brings PATH [CONTENT]`, `leaves PATH`, which a purge does not remove, and `runs COMMAND`, once it is unpacked. /run/stand-ins/installed has a file for each
# package that is installed.
archive=$ROOT/run/stand-ins/archive
installed=$ROOT/run/stand-ins/installed
mkdir -p "$installed"

# WORD PACKAGE: prints what the archive has after that word, one per line.
lines_of() { sed -n "s/^$1 //p" "$archive/$2"; }

# PACKAGE…: prints the packages to be installed, each after those that it needs.
plan() {
  local name
  for name; do
    if [ -e "$installed/$name" ]; then continue; fi
    if [ ! -e "$archive/$name" ]; then
      echo "E: Unable to locate package $name" >&2
      exit 100
    fi
    # shellcheck disable=SC2046 # A list of words.
    plan $(lines_of needs "$name")
    echo "$name"
  done
}

# PATH CONTENT
put_file() {
  mkdir -p "$ROOT${1%/*}"
  printf '%s\n' "$2" >"$ROOT$1"
}

install_package() {
  local path content command
  lines_of brings "$1" | while read -r path content; do put_file "$path" "$content"; done
  lines_of leaves "$1" | while read -r path; do put_file "$path" ""; done
  lines_of runs "$1" | while read -r command; do "$command"; done
  : >"$installed/$1"
}

purge_package() {
  local path content
  # shellcheck disable=SC2034 # The rest of the line.
  lines_of brings "$1" | while read -r path content; do rm -f "$ROOT$path"; done
  rm -f "$installed/$1"
}

verb=
simulated=
while [ $# -gt 0 ]; do
  case $1 in
    -o) shift ;;
    -s | --assume-no) simulated=yes ;;
    -*) ;;
    *)
      if [ -n "$verb" ]; then break; fi
      verb=$1
      ;;
  esac
  shift
done

case $verb in
  install) packages=$(plan "$@") || exit ;;
  purge) packages=$* ;;
esac
for package in ${packages-}; do
  case $verb$simulated in
    installyes) echo "Inst $package (1)" ;;
    install) install_package "$package" ;;
    purgeyes) echo "Purg $package [1]" ;;
    purge) purge_package "$package" ;;
  esac
done
