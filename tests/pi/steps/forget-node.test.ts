import test, { type ExecutionContext } from "ava";
import { forgetNode } from "../../../pi/steps/forget-node.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

const step = forgetNode({
  dead: "pi-2",
  region: "us-east-1",
  containerInstanceArn: "arn:aws:ecs:us-east-1:123456789012:container-instance/home/0123456789abcdef",
  managedInstanceId: "mi-0123456789abcdef0",
});

/** A living node; AWS is a `curl` that notes its requests, and answers with /answer if that exists. */
function node(t: ExecutionContext): ScratchRoot {
  const at = new ScratchRoot();
  t.teardown(() => at.remove());
  at.write(
    "/root/.aws/credentials",
    "aws_access_key_id = AKIA\naws_secret_access_key = s3cret\naws_session_token = t0ken\n",
  );
  at.fake("curl", 'cat >"$ROOT/stdin"; if [ -e "$ROOT/answer" ]; then cat "$ROOT/answer"; exit 22; fi');
  return at;
}

test("signs a dead node off from ECS and Systems Manager, once", async (t) => {
  const at = node(t);
  t.is((await at.run(step)).status, 0);
  const calls = at.calls().filter((call) => call.startsWith("curl"));
  t.is(calls.length, 2);
  t.regex(calls[0] ?? "", /DeregisterContainerInstance .*"cluster":"home".*"force":true/);
  t.regex(calls[1] ?? "", /DeregisterManagedInstance .*"InstanceId":"mi-0123456789abcdef0"/);
  t.false(calls.join().includes("s3cret"), "no secret in an argument");
  t.regex(at.read("/stdin"), /user = "AKIA:s3cret"/);
  t.is((await at.run(step)).status, 0);
  t.deepEqual(
    at.calls().filter((call) => call.startsWith("curl")),
    [],
  );
});

test("a registration that AWS no longer knows counts as signed off", async (t) => {
  const at = node(t);
  at.write("/answer", '{"__type":"InvalidInstanceId"}');
  t.is((await at.run(step)).status, 0);
});

test("a refusal by AWS is reported, with the command to run instead", async (t) => {
  const at = node(t);
  at.write("/answer", '{"__type":"AccessDeniedException"}');
  const { status, stderr } = await at.run(step);
  t.is(status, 1);
  t.regex(
    stderr,
    /hosts\.pi-2\.dead: .*AccessDeniedException.*: must be deregistered by AWS; run `aws ecs deregister-container-instance/,
  );
  t.false(stderr.includes("s3cret"));
});

test("every script passes shellcheck", (t) => {
  hasGoodScripts(t, step);
});
