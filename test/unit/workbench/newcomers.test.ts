import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../../src/aws/action-data/shipped-policies.ts";
import { findingsOffline } from "../../../src/workbench/project/findings.ts";
import { findingDiagnostics } from "../../../src/workbench/project/diagnostics.ts";
import { foldDiagnostics } from "../../../src/workbench/project/fold.ts";
import { compileTexts, NARROW_PLATFORM_FILES, NOW_MS } from "../../support/manifests.ts";

// Mistakes of people who know IAM, Terraform or Kubernetes but not Grantkeeper: how many problems they see, at which place,
// and with which hint. One mistake is one problem.

interface Shown {
  readonly problem: string;
  readonly hint: string | null;
}

const MISTAKES = JSON.parse(
  readFileSync(new URL("../../fixtures/newcomers.json", import.meta.url), "utf8"),
) as readonly { readonly mistake: string; readonly text: string; readonly found: readonly Shown[] }[];

const FILE = "teams/orders/a.yaml";
const actionData = await new IamActionData().load(["dynamodb", "iam", "logs", "s3", "sqs"]);
const shipped = await readShippedPolicies();

function shownOf(text: string): readonly Shown[] {
  const compilation = compileTexts({ ...NARROW_PLATFORM_FILES, [FILE]: text });
  const findings = findingsOffline(compilation, { actionData, shipped, nowMs: NOW_MS, authors: new Map() });
  const all = [
    ...compilation.diagnostics,
    ...findingDiagnostics([...findings.values()].flat(), compilation.desired.accounts),
  ];
  return foldDiagnostics(all).map(({ lead: { origin, message, fix } }) => ({
    problem: `${origin.line}:${origin.column} ${message}`,
    hint: fix,
  }));
}

describe("a newcomer's mistake", () => {
  test.each(MISTAKES)("$mistake", ({ text, found }) => {
    expect(shownOf(text)).toEqual(found);
  });

  test("always has a hint", () => {
    const without = MISTAKES.filter(({ found }) => found.some(({ hint }) => hint === null));

    expect(without.map(({ mistake }) => mistake)).toEqual([]);
  });
});
