import { spawnSync } from "node:child_process";
import test from "ava";
import { script as shell } from "../../../../pi/script.ts";

/** Returns what `json_text` finds; undefined when it finds nothing. */
function found(name: string, json: string): string | undefined {
  const script = `${shell("shared/json.sh")}json_text "$1" "$2" && printf '%s' "$text"`;
  const { status, stdout } = spawnSync("dash", ["-euc", script, "sh", name, json], { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}

test("json_text finds a string, compact or spaced, whatever surrounds it", (t) => {
  const arn = "arn:aws:ecs:us-east-1:123456789012:container-instance/home/2f0f";
  const agent = { Cluster: "home", ContainerInstanceArn: arn, Version: "Amazon ECS Agent - v1.105.1 (f00)" };
  for (const json of [JSON.stringify(agent), JSON.stringify(agent).replaceAll('":"', '": "')]) {
    t.is(found("ContainerInstanceArn", json), arn);
    t.is(found("Cluster", json), "home");
    t.is(found("Version", json), agent.Version);
  }
  t.is(found("a", '{"b":"\\"a\\":\\"no\\"","a":"yes"}'), "yes");
});

test("a value that is missing, null, empty or not a string is not found", (t) => {
  t.is(found("a", ""), undefined);
  t.is(found("a", '{"b":"1"}'), undefined);
  t.is(found("a", '{"a":null,"b":"1"}'), undefined);
  t.is(found("a", '{"a":"","b":"1"}'), undefined);
  t.is(found("a", '{"a":7,"b":"1"}'), undefined);
});
