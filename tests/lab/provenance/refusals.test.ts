import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import { provenanceDocument } from "../../../lab/provenance/document.ts";
import { type Refusal, refusals } from "../../../lab/provenance/refusals.ts";
import { withServices } from "../../../lab/provenance/services.ts";

test("docs/lab-provenance.md is up to date: npm run provenance", (t) => {
  const written = readFileSync(new URL("../../../docs/lab-provenance.md", import.meta.url), "utf8");
  t.is(written, provenanceDocument());
});

test("the services in docs/lab.md are up to date: npm run provenance", async (t) => {
  const written = readFileSync(new URL("../../../docs/lab.md", import.meta.url), "utf8");
  t.is(written, await withServices(written));
});

test("a refusal is read with its code, its sentence and its source, however it is written", (t) => {
  const has = (one: Refusal) =>
    t.true(
      refusals().some((other) => isDeepStrictEqual(one, other)),
      one.sentence,
    );
  has({
    service: "network/subnet",
    code: "InvalidSubnet.Conflict",
    sentence: "The CIDR '…' conflicts with another subnet",
    seen: "reported",
    source: "hashicorp/terraform#33470",
  });
  // From a function in the same file, and from one in another file.
  has({
    service: "connectivity/tunnel-options",
    code: "InvalidParameterValue",
    sentence: "Value for parameter PreSharedKey is invalid.",
    seen: "reported",
    source: "GoogleCloudPlatform/pbmm-on-gcp-onboarding#299",
  });
  has({
    service: "service/task-definition",
    code: "ClientException",
    sentence: "Role is not valid",
    seen: "reported",
    source: "bradford-hamilton/terraform-ecs-fargate#8",
  });
  has({
    service: "private-connectivity/resolver-endpoint",
    code: "InvalidParameterException",
    sentence: "All subnets must belong to the same VPC.",
    seen: "guessed",
    source: "",
  });
});

test("a source is a place that can be looked up", (t) => {
  for (const { service, code, seen, source } of refusals()) {
    const where = `${service}: ${code}: ${source}`;
    if (seen === "guessed") t.is(source, "", where);
    else if (seen === "reported") t.regex(source, /^[\w.-]+\/[\w.-]+(#\d+|, [\w./-]+)/, where);
    else t.regex(source, /[,:] \S/, where);
  }
});

test("no refusal counts as verified, since the project has had no account", (t) => {
  t.false(refusals().some(({ seen }) => seen === "verified"));
});
