import test from "ava";
import { z } from "zod";
import { hybridConfig } from "../../../config/schema.ts";
import { holdsSecret } from "../../../lab/engine/config.ts";

type Node = Parameters<typeof holdsSecret>[0];
const schema = z.toJSONSchema(hybridConfig, { io: "input" }) as { properties: Record<string, Node> };
const holds = (key: string, value: unknown) => holdsSecret(schema.properties[key], value);

test("what the schema marks as secret is found where it is set, and nowhere else", (t) => {
  t.true(holds("ssh", { privateKey: "key" }));
  t.true(holds("vpn", { presharedKeys: { tunnel1: "a", tunnel2: "b" } }));
  t.false(holds("vpn", { dataPath: "userspace" }));
  t.false(holds("ssh", {}));
  t.false(holds("hosts", { "pi-1": { address: "192.168.1.101", node: {} } }));
  t.false(holds("nonsense", "value"));
});
