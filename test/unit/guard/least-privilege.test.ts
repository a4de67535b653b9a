import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../../src/aws/action-data/shipped-policies.ts";
import { compiledDocumentText } from "../../../src/iam/read/print.ts";
import { servicesUsed } from "../../../src/iam/read/services.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { compileTexts, diagnosticTexts } from "../../support/manifests.ts";
import { ACCOUNT, judged } from "./judged.ts";

/**
 * Manifests written after the patterns of public examples (policy templates of AWS SAM, grants of CDK, the guides of the
 * services): what a function with this task needs, and no more.
 */
const FIXTURES = join(import.meta.dirname, "../../fixtures/least-privilege");

const files = Object.fromEntries(
  readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .sort()
    .map((path) => [path, readFileSync(join(FIXTURES, path), "utf8")]),
);
const compilation = compileTexts({ "platform/boundary.yaml": "", ...files });
const { desired } = compilation;
const account = desired.accounts.get(ACCOUNT as AccountId);
if (account === undefined) throw new Error("the account does not compile");

const bindings = [...desired.bindings.values()];
const actionData = await new IamActionData().load(
  servicesUsed(bindings.map(({ role }) => compiledDocumentText(role.inline))),
);
const shipped = await readShippedPolicies();

const blocking = (binding: DesiredBinding, policies: typeof shipped | null): readonly string[] =>
  judged({ desired, account, binding }, { actionData, shipped: policies })
    .filter(({ severity }) => severity === "block")
    .map(({ rule, why }) => `${rule} ${why}`);

describe("manifests with least privilege", () => {
  test("there are at least 60, and each compiles to a function", () => {
    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(bindings.length).toBe(Object.keys(files).length - 1);
    expect(bindings.length).toBeGreaterThanOrEqual(60);
  });

  test.each(bindings.map((binding) => [binding.key.split("/").slice(-2).join("/"), binding] as const))(
    "%s breaks no rule that blocks, with and without the policies of AWS",
    (_, binding) => {
      expect(blocking(binding, shipped)).toEqual([]);
      expect(blocking(binding, null)).toEqual([]);
    },
  );
});
