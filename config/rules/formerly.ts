/** Earlier names: no entry has one of them now, and no two entries share one. */
import type { Problem } from "../../limits/problem.ts";
import type { Rule } from "./rule.ts";

interface Renamed {
  readonly formerly?: string | undefined;
}

const hosts: Rule = ({ hosts }) => formerlyProblems("hosts", hosts);

const services: Rule = ({ services }) => formerlyProblems("services", services);

const loadBalancers: Rule = ({ loadBalancers }) => formerlyProblems("loadBalancers", loadBalancers);

/** @param record as its user knows it, for example `hosts` */
function formerlyProblems(record: string, entries: Readonly<Record<string, Renamed>>): readonly Problem[] {
  const claimed = new Map<string, string>();
  return Object.entries(entries).flatMap(([name, { formerly }]): readonly Problem[] => {
    if (formerly === undefined) return [];
    const given = { field: `${record}.${name}.formerly`, value: formerly };
    if (formerly === name) {
      return [
        {
          ...given,
          rule: "must not be the entry's own name",
          remedy: "write its earlier name, or remove formerly",
        },
      ];
    }
    if (Object.hasOwn(entries, formerly)) {
      const isRenamed = entries[formerly]?.formerly !== undefined;
      return [
        {
          ...given,
          rule: `must not be a key of \`${record}\`: what the stack has under that name stays ${record}.${formerly}`,
          remedy: isRenamed
            ? "rename one after the other, each in an `up` of its own, to a name that is free then"
            : `remove formerly once the \`up\` that renamed is done, or rename ${record}.${formerly}`,
        },
      ];
    }
    const first = claimed.get(formerly);
    if (first !== undefined) {
      return [
        {
          ...given,
          rule: `must not be the earlier name of ${record}.${first} too`,
          remedy: "keep formerly in one of them",
        },
      ];
    }
    claimed.set(formerly, name);
    return [];
  });
}

export const formerlyRules: readonly Rule[] = [hosts, services, loadBalancers];
