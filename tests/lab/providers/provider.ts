import { commandProvider } from "../../../lab/providers/command.ts";

export type Props = Record<string, unknown>;

/** The command provider as the engine calls it for one resource, and its log. */
export function providerOf(urn: string) {
  const lines: string[] = [];
  const made = commandProvider((_urn, line) => lines.push(line));
  return {
    lines,
    check: async (news: Props) => made.check?.(urn, {}, news),
    create: async (news: Props) => (await made.create?.(urn, news)) as { id: string; outs: Props },
    update: async (olds: Props, news: Props) => (await made.update?.("id", urn, olds, news))?.outs as Props,
    diff: async (olds: Props, news: Props) => made.diff?.("id", urn, olds, news),
    remove: async (olds: Props) => made.delete?.("id", urn, olds),
    cancel: async () => made.cancel?.(),
  };
}
