import * as fs from "node:fs";
import type { ScratchRoot } from "../scratch-root.ts";

/**
 * systemd, as far as steps use it: a unit is known by its file in /usr/lib/systemd/system or /etc/systemd/system,
 * enabled by a link in multi-user.target.wants, and active by a file in /run/active. An installed package's unit
 * starts.
 */
export function systemd(host: ScratchRoot): void {
  host.write("/run/active/.keep", "");
  for (const folder of ["/etc/systemd/system", "/usr/lib/systemd/system"])
    fs.mkdirSync(host.path(folder), { recursive: true });
  host.fake(
    "systemctl",
    `
known() { [ -e "$ROOT/usr/lib/systemd/system/$1" ] || [ -e "$ROOT/etc/systemd/system/$1" ]; }
wants=$ROOT/etc/systemd/system/multi-user.target.wants
start() {
  known "$1" || { echo "Unit $1 not found." >&2; exit 5; }
  if [ -e "$ROOT/run/broken/$1" ]; then rm -f "$ROOT/run/active/$1"; return; fi
  : >"$ROOT/run/active/$1"
}
[ "$1" != --quiet ] || shift
command=$1
shift
case $command in
  show)
    while [ "$1" != -- ]; do shift; done
    shift
    separator=
    for unit; do
      printf "$separator"
      separator='\\n'
      if [ -e "$ROOT/run/active/$unit" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi
      if [ -L "$wants/$unit" ]; then echo UnitFileState=enabled
      elif known "$unit"; then echo UnitFileState=disabled
      else echo UnitFileState=; fi
    done
    ;;
  cat) known "$1" || exit 1 ;;
  is-active) [ -e "$ROOT/run/active/$1" ] ;;
  enable)
    known "$1" || { echo "Unit $1 does not exist." >&2; exit 1; }
    mkdir -p "$wants" && ln -sf "/usr/lib/systemd/system/$1" "$wants/$1"
    ;;
  disable)
    known "$1" || { echo "Unit $1 does not exist." >&2; exit 1; }
    rm -f "$wants/$1"
    rmdir "$wants" 2>/dev/null || :
    ;;
  start | restart | reload-or-restart) start "$1" ;;
  try-restart | try-reload-or-restart) : ;;
  stop) rm -f "$ROOT/run/active/$1" ;;
esac
`,
  );
}

/** Adds a unit that is not ours. */
export function unit(
  host: ScratchRoot,
  name: string,
  state: { enabled?: boolean; active?: boolean } = {},
): void {
  host.write(`/usr/lib/systemd/system/${name}`, "[Service]\n");
  if (state.enabled) {
    const wants = "/etc/systemd/system/multi-user.target.wants";
    fs.mkdirSync(host.path(wants), { recursive: true });
    fs.symlinkSync(`/usr/lib/systemd/system/${name}`, host.path(`${wants}/${name}`));
  }
  if (state.active) host.write(`/run/active/${name}`, "");
}

/** Returns which units of a host are enabled, and which run. */
export function unitStates(host: ScratchRoot): { readonly enabled: string[]; readonly active: string[] } {
  const list = (folder: string) =>
    host.exists(folder) ? fs.readdirSync(host.path(folder)).filter((name) => name !== ".keep") : [];
  return {
    enabled: list("/etc/systemd/system/multi-user.target.wants"),
    active: list("/run/active"),
  };
}

/** A package for `apt` below. */
export interface FakePackage {
  /** Packages that are installed and removed with it. */
  readonly needs?: readonly string[];
  /** A unit of its own, which Debian enables and starts. */
  readonly unit?: string;
  /** A user that its installation creates and its removal leaves behind. */
  readonly user?: string;
}

/** apt and dpkg: an installed package is a file in /installed; users are files in /users. */
export function apt(host: ScratchRoot, packages: Readonly<Record<string, FakePackage>>): void {
  for (const folder of ["/installed", "/users"]) fs.mkdirSync(host.path(folder), { recursive: true });
  host.fakeInstalled("/installed/");
  const cases = (field: (fake: FakePackage) => string) =>
    Object.entries(packages)
      .map(([name, fake]) => `${name}) ${field(fake) || ":"} ;;`)
      .join("\n");
  host.fake("getent", `[ -e "$ROOT/users/$2" ]`);
  host.fake("userdel", `rm "$ROOT/users/$1"`);
  host.fake("groupdel", `rm "$ROOT/users/$1"`);
  host.fake(
    "apt-get",
    `
needs() { case $1 in
${cases(({ needs = [] }) => `echo ${needs.join(" ")}`)}
esac; }
brings() { case $1 in
${cases(({ unit, user }) =>
  [
    user && `: >"$ROOT/users/${user}"`,
    unit &&
      `: >"$ROOT/usr/lib/systemd/system/${unit}" && systemctl enable ${unit} && systemctl start ${unit}`,
  ]
    .filter(Boolean)
    .join("; "),
)}
esac; }
unbrings() { case $1 in
${cases(({ unit }) => (unit ? `systemctl stop ${unit}; systemctl disable ${unit}; rm -f "$ROOT/usr/lib/systemd/system/${unit}"` : ""))}
esac; }
simulate= assume_no= command= names=
for word; do
  case $word in
    -s) simulate=yes ;;
    --assume-no) assume_no=yes ;;
    -* | *=*) ;;
    *) if [ -z "$command" ]; then command=$word; else names="$names $word"; fi ;;
  esac
done
case $command in
  install)
    [ -z "$assume_no" ] || exit 1
    for name in $names; do
      for each in $(needs "$name") $name; do
        [ ! -e "$ROOT/installed/$each" ] || continue
        if [ -n "$simulate" ]; then echo "Inst $each (1.0 Debian:12 [arm64])"; continue; fi
        : >"$ROOT/installed/$each"
        brings "$each"
      done
    done
    ;;
  purge)
    gone=" $names "
    for other in $(ls "$ROOT/installed"); do
      for each in $(needs "$other"); do
        case $gone in *" $each "*) case $gone in *" $other "*) ;; *) gone="$gone$other " ;; esac ;; esac
      done
    done
    for name in $gone; do
      if [ -n "$simulate" ]; then echo "Purg $name [1.0]"; continue; fi
      unbrings "$name"
      rm -f "$ROOT/installed/$name"
    done
    ;;
esac
`,
  );
}

/** nft with the tables of the running kernel as files in /run/tables; \`unshare\` has a kernel of its own. */
export function nftables(host: ScratchRoot): void {
  host.write("/run/tables/.keep", "");
  host.fake(
    "unshare",
    `shift; TABLES=$(mktemp -d); export TABLES; "$@"; status=$?; rm -rf "$TABLES"; exit $status`,
  );
  host.fake(
    "nft",
    `
tables=\${TABLES:-$ROOT/run/tables}
# Family and name are two arguments, or one.
case "$*" in
  "-c -f "*) ! grep -q broken "$3" || { echo "syntax error" >&2; exit 1; } ;;
  "-f "*)
    table=$(sed -n 's/^table [a-z]* \\([a-z_]*\\) {$/\\1/p' "$2")
    cp "$2" "$tables/$table"
    ;;
  *"list table "*) for name; do :; done; name=\${name##* }; cat "$tables/$name" ;;
  "delete table "*) for name; do :; done; rm "$tables/\${name##* }" ;;
esac
`,
  );
}
