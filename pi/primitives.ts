/** Renders what a step declares besides its own files into the items of the converge program (`converge/items.sh`). */
import type { RuleText } from "../limits/problem.ts";
import type { NftTable, OwnedFile, Package, Step, Unit } from "./step.ts";

/** Kind, mode, owner, body and name, as the shell function `item` takes them. */
type Item = readonly [kind: string, mode: string, owner: string, body: string, name: string];

const managed = "# Managed by ecs-anywhere-hybrid: changes are lost.";

/** The unit that loads a step's tables before the network is up. */
export const tableUnit = (step: string): string => `ecs-anywhere-hybrid-${step}.service`;

/** The step's own files, and those that carry its kernel settings and its tables over a boot. */
export function allFiles(step: Step): readonly OwnedFile[] {
  const { name, files = [], sysctls = {}, tables = [] } = step;
  return [
    ...files,
    ...(Object.keys(sysctls).length === 0 ? [] : [sysctlFile(name, sysctls)]),
    ...(tables.length === 0 ? [] : tableFiles(name, tables)),
  ];
}

function sysctlFile(step: string, sysctls: NonNullable<Step["sysctls"]>): OwnedFile {
  const lines = Object.entries(sysctls).map(([key, setting]) => `${key} = ${settingValue(setting)}`);
  return {
    path: `/etc/sysctl.d/90-ecs-anywhere-hybrid-${step}.conf`,
    mode: "644",
    content: `${[managed, ...lines].join("\n")}\n`,
  };
}

export const settingValue = (setting: string | { readonly value: string }): string =>
  typeof setting === "string" ? setting : setting.value;

function tableFiles(step: string, tables: readonly NftTable[]): readonly OwnedFile[] {
  const load = tables.map(({ file }) => `/usr/sbin/nft -f ${file}`);
  const lines = (setting: string, prefix = "") =>
    load.map((command) => `${setting}=${prefix}${command}\n`).join("");
  return [
    {
      path: `/etc/systemd/system/${tableUnit(step)}`,
      mode: "644",
      // No ExecStop: neither a shutdown nor a stop removes the rules while the network is up.
      content: `${managed}
[Unit]
Description=Rules of ${tables.map(({ name }) => name).join(", ")}
DefaultDependencies=no
RequiresMountsFor=/etc /usr
After=nftables.service
Wants=network-pre.target
Before=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
${lines("ExecStart")}${lines("ExecReload")}
[Install]
WantedBy=sysinit.target
`,
    },
    {
      path: `/etc/systemd/system/nftables.service.d/ecs-anywhere-hybrid-${step}.conf`,
      mode: "644",
      content: `# It flushes every table when it starts, reloads or stops.
[Service]
${lines("ExecStartPost", "-")}${lines("ExecReload", "-")}${lines("ExecStopPost", "-")}`,
    },
  ];
}

/** Returns what no host could carry out, as value and rule. */
export function primitiveProblems(step: Step): readonly (readonly [value: string, rule: RuleText])[] {
  const { packages = [], sysctls = {}, tables = [], units = [], remember = [] } = step;
  const unlike = (pattern: RegExp, rule: RuleText, ...values: readonly string[]) =>
    values.filter((value) => !pattern.test(value)).map((value) => [value, rule] as const);
  const leaves = packages.flatMap(({ leaves = {} }) => leaves);
  const names = primitiveItems(step).map(([kind, , , , name]) => `${kind} ${name}`);
  return [
    ...unlike(/^[a-z0-9][a-z0-9+.-]+$/, "must be a package's name", ...packages.map(({ name }) => name)),
    ...unlike(
      /^[\w./-]+$/,
      "must be a command, a unit or a path",
      ...packages.flatMap(({ unless = [] }) => unless),
    ),
    ...unlike(
      /^[a-z_][a-z0-9_-]*$/,
      "must be a user or a group",
      ...leaves.flatMap((left) => [...(left.users ?? []), ...(left.groups ?? [])]),
    ),
    ...unlike(folder, "must be an absolute path", ...leaves.flatMap(({ folders = [] }) => folders)),
    ...unlike(/^[\w*-]+(\.[\w*-]+)+$/, "must be a dotted key of sysctl", ...Object.keys(sysctls)),
    ...unlike(/^-?\d+$/, "must be a number", ...Object.values(sysctls).map(settingValue)),
    ...unlike(
      /^(ip|ip6|inet|arp|bridge|netdev) [a-z]\w*$/,
      "must be a family and a name",
      ...tables.map(({ name }) => name),
    ),
    ...unlike(folder, "must be an absolute path", ...tables.map(({ file }) => file)),
    ...unlike(
      /^[\w@.:-]+\.(service|socket|timer|path|target|mount)$/,
      "must be a unit with its suffix",
      ...units.map(({ name }) => name),
    ),
    ...unlike(/^[a-z]\w*$/, "must consist of a-z, 0-9 and _", ...remember),
    ...names
      .filter((name, i) => names.indexOf(name) < i)
      .map((name) => [name, "must be declared once"] as const),
  ];
}

const folder = /^(\/(?!\.{1,2}(\/|$))[\w.@+-]+)+$/;

/** Returns the items of everything except the files. */
export function primitiveItems(step: Step): readonly Item[] {
  const { packages = [], sysctls = {}, tables = [], units = [], remember = [] } = step;
  const tableUnits: readonly Unit[] =
    tables.length === 0 ? [] : [{ name: tableUnit(step.name), enabled: true, running: true }];
  return [
    ...packages.flatMap(packageItems),
    ...Object.entries(sysctls).map(([key, setting]): Item => {
      const keptFor = typeof setting === "string" ? "-" : setting.keptFor;
      return ["sysctl", `${keptFor} ${key.replaceAll(".", "/")}`, "", settingValue(setting), key];
    }),
    ...tables.map(({ name, file }): Item => ["table", file, "", `load ${file}`, name]),
    ...[...tableUnits, ...units].map(unitItem),
    ...remember.map((name): Item => ["memory", name, "", "", name]),
  ];
}

function packageItems({ name, unless = [], leaves = {} }: Package): readonly Item[] {
  const { users = [], groups = [], folders = [] } = leaves;
  return [
    ["package", "-", "", unless.join("\n"), name],
    ...users.map((user): Item => ["user", name, "", "", user]),
    ...groups.map((group): Item => ["group", name, "", "", group]),
    ...folders.map((folder): Item => ["folder", name, "", "", folder]),
  ];
}

function unitItem({ name, enabled, running, restartOn = [], reloadOn = [] }: Unit): Item {
  const follows = restartOn.length > 0 ? "restart" : reloadOn.length > 0 ? "reload" : "-";
  const wanted = [word(enabled, "enabled", "disabled"), word(running, "running", "stopped"), follows];
  const files = [...restartOn.map((path) => `restart ${path}`), ...reloadOn.map((path) => `reload ${path}`)];
  return ["unit", wanted.join(" "), "", files.join("\n"), name];
}

const word = (flag: boolean | undefined, yes: string, no: string) =>
  flag === undefined ? "-" : flag ? yes : no;
