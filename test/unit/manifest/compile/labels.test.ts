import { describe, expect, test } from "@jest/globals";
import { canonicalText } from "../../../../src/model/values/digest.ts";
import type { Json } from "../../../../src/model/values/json.ts";
import { compileTexts, functionText } from "../../../support/manifests.ts";
import { bindingOf, FILE, MANAGED, only, policyOf } from "./compilation.ts";

const LABELLED = 'labels: {tier: "1"}, annotations: {grantkeeper.dev/ticket: ORD-12, "note": "two\\nlines"}';

describe("labels and annotations", () => {
  test("of a FunctionPermission are those of its bindings", () => {
    const text = functionText("a").replace("{name: a}", `{name: a, ${LABELLED}}`);

    expect(only(compileTexts({ [FILE]: text }))).toMatchObject({
      labels: { tier: "1" },
      annotations: { "grantkeeper.dev/ticket": "ORD-12", note: "two\nlines" },
    });
  });

  test("of a ManagedPolicy are those of its policy in each account", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
      "teams/orders/audit.yaml": MANAGED.replace("{name: audit-read}", `{name: audit-read, ${LABELLED}}`),
    });

    expect(policyOf(compilation, "policy/222222222222/orders/audit-read")?.labels).toEqual({ tier: "1" });
  });

  test("change no record of a manifest that has none, so that an upgrade applies nothing again", () => {
    expect(canonicalText(bindingOf() as unknown as Json)).not.toMatch(/"labels"|"annotations"/);
  });
});
