import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../../src/aws/action-data/shipped-policies.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { findingDiagnostics } from "../../../src/workbench/project/diagnostics.ts";
import { findingsOffline } from "../../../src/workbench/project/findings.ts";
import { foldDiagnostics } from "../../../src/workbench/project/fold.ts";
import { codeQuality } from "../../../src/workbench/reports/gitlab.ts";
import { reportedProblems, type ProblemReport } from "../../../src/workbench/reports/problem-report.ts";
import { sarifLog } from "../../../src/workbench/reports/sarif.ts";
import { compareProblems } from "../../../src/workbench/review/compare-problems.ts";
import type { JsonObject } from "../../../src/model/values/json.ts";
import { byText } from "../../../src/text/order.ts";
import { accountText, compileTexts, functionText, NOW_MS } from "../../support/manifests.ts";
import { statement } from "./corrections/corrected-cases.ts";

const FACTS = {
  actionData: await new IamActionData().load(["dynamodb", "rds-db", "s3", "sqs"]),
  shipped: await readShippedPolicies(),
  nowMs: NOW_MS,
  authors: new Map(),
};

const TEAM = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod, staging], functions: ["*"], resources: ["orders-*"]}
`;

/** The findings of one rule in a function of two accounts, whose variable `x` has these values. */
function found(
  rule: string,
  spec: string,
  values: readonly [prod: string, staging: string],
  targets = "[prod, staging]",
) {
  const [prod, staging] = values.map((value) => `vars: {x: "${value}", `);
  const compilation = compileTexts({
    "platform/team.yaml": TEAM,
    "platform/accounts.yaml": accountText("prod", "222222222222").replace("vars: {", prod ?? ""),
    "platform/staging.yaml": accountText("staging", "333333333333").replace("vars: {", staging ?? ""),
    "teams/orders/api.yaml": functionText("api", spec).replace("[prod]", targets),
  });
  const findings = [...findingsOffline(compilation, FACTS).values()].flat();
  const { accounts } = compilation.desired;
  return findingDiagnostics(
    findings.filter((finding) => finding.rule === rule),
    accounts,
  );
}

function messages(diagnostics: readonly Diagnostic[]): readonly string[] {
  return foldDiagnostics(diagnostics).map(({ message }) => message);
}

function allow(action: string, ...arns: readonly string[]): string {
  return statement(`{Effect: Allow, Action: "${action}", Resource: ${JSON.stringify(arns)}}`);
}

function caller(text: string): string {
  const invoke = `{Effect: Allow, Action: "lambda:InvokeFunction", ${text}}`;
  return `  invokedBy: [{reason: test, statement: ${invoke}}]\n`;
}

const TABLE = "arn:aws:dynamodb:eu-west-1:${account.id}:table";
const X = "${account.vars.x}";
const DENIED = `    - {reason: y, statement: {Effect: Deny, Action: "dynamodb:GetItem", Resource: "${TABLE}/${X}"}}\n`;

describe("a finding of two accounts", () => {
  test.each([
    { rule: "ACT-004", spec: allow("dynamodb:GetItem", `${TABLE}/a`, `arn:aws:s3:::${X}-\${account.id}/*`) },
    { rule: "BND-003", spec: caller(`Principal: {AWS: "arn:aws:sts::\${account.id}:assumed-role/${X}/s"}`) },
    { rule: "CRED-001", spec: allow("rds-db:connect", `arn:aws:rds-db:*:\${account.id}:dbuser:*/${X}`) },
    { rule: "DEN-001", spec: `${allow("dynamodb:GetItem", `${TABLE}/${X}`, `${TABLE}/b`)}${DENIED}` },
    { rule: "EXF-001", spec: allow("s3:GetObject", `arn:aws:s3:::*\${account.id}/${X}`) },
    {
      rule: "INV-005",
      spec: caller(
        `Principal: {Service: s3.amazonaws.com}, Condition: {StringEquals: {"aws:SourceAccount": "\${account.id}"}, ArnLike: {"aws:SourceArn": "arn:aws:s3:::${X}-\${account.id}-*"}}`,
      ),
    },
    { rule: "RES-002", spec: allow("dynamodb:GetItem", `arn:aws:dynamodb:*:\${account.id}:table/${X}`) },
    { rule: "RES-004", spec: allow("dynamodb:GetItem", `${TABLE}/${X}*`) },
    { rule: "TEN-004", spec: `  grants: [{sqs: {queue: "${X}", allow: [send]}}]\n` },
  ])("is one for the same name, and two for different names: $rule", ({ rule, spec }) => {
    const same = messages(found(rule, spec, ["scratch", "scratch"]));
    const different = messages(found(rule, spec, ["scratch", "secrets"]));

    expect(same).toEqual([expect.stringMatching(/scratch.* \(also in account staging\)$/)]);
    expect(different).toEqual([
      expect.stringMatching(/scratch(?!.*also in)/),
      expect.stringMatching(/secrets(?!.*also in)/),
    ]);
  });

  test("is one if only another resource of the statement has different names", () => {
    const spec = allow("dynamodb:GetItem", `${TABLE}/orders*`, `${TABLE}/${X}`);

    expect(messages(found("RES-004", spec, ["a", "b"]))).toEqual([
      expect.stringMatching(/orders\*.*\(also in account staging\)$/),
    ]);
  });

  test("is one for a text without a name of its account, and both accounts are kept", () => {
    const kept = found("ACT-001", allow("dynamodb:*", `${TABLE}/orders`), ["a", "b"]);

    expect(kept.flatMap(({ perTarget }) => perTarget?.target ?? []).toSorted(byText)).toEqual([
      "account prod",
      "account staging",
    ]);
    expect(messages(kept)).toEqual([expect.stringMatching(/^dynamodb:\* allows an entire service/)]);
  });

  const GRANT = `  grants: [{sqs: {queue: "${X}", allow: [send]}}]\n`;

  const reportOf = (problems: ProblemReport["problems"]): ProblemReport => ({
    command: "validate",
    problems,
    passed: [],
    waiting: [],
    changes: [],
    notes: [],
    isComplete: true,
    summary: "",
  });

  test("is two results of SARIF and of Code Quality for different names", () => {
    const report = reportOf(reportedProblems(found("TEN-004", GRANT, ["scratch", "secrets"]), ""));

    expect(sarifLog(report, "1.0.0")).toMatchObject({ runs: [{ results: [{}, {}] }] });
    expect(codeQuality(report)).toHaveLength(2);
  });

  test.each([
    {
      targets: { base: "[prod]", head: "[prod, staging]" },
      states: [["new", expect.stringMatching(/^dynamodb:\* allows .* \(new in account staging\)$/)]],
      because: "the pull request adds an account, and the text names none",
    },
    {
      targets: { base: "[prod, staging]", head: "[prod]" },
      states: [["unchanged", expect.stringMatching(/^dynamodb:\* allows (?!.*new in)/)]],
      because: "the pull request removes an account",
    },
    {
      targets: { base: "[staging]", head: "[prod]" },
      states: [["new", expect.stringContaining("(new in account prod)")]],
      because: "the pull request replaces an account",
    },
  ])("is new in a review only in the accounts that had it not: $because", ({ targets, states }) => {
    const spec = allow("dynamodb:*", `${TABLE}/orders`);
    const problemsIn = (accounts: string) =>
      reportedProblems(found("ACT-001", spec, ["a", "b"], accounts), "");

    const { current, gone } = compareProblems(problemsIn(targets.base), problemsIn(targets.head));

    expect(current.map(({ state, message }) => [state, message])).toEqual(states);
    expect(gone).toEqual([]);
  });

  test("that is new in one of them has the fingerprints of the target branch in SARIF and Code Quality, and another text", () => {
    const problemsIn = (accounts: string) =>
      reportedProblems(found("ACT-001", allow("dynamodb:*", `${TABLE}/orders`), ["a", "b"], accounts), "");
    const base = problemsIn("[prod]");
    const { current } = compareProblems(base, problemsIn("[prod, staging]"));

    const fingerprints = (problems: ProblemReport["problems"]) => {
      const report = reportOf(problems);
      const { runs } = sarifLog(report, "1.0.0") as {
        readonly runs: readonly { readonly results: readonly JsonObject[] }[];
      };
      const sarif = runs.flatMap(({ results }) => results.map((result) => result["partialFingerprints"]));
      return [...sarif, ...codeQuality(report).map(({ fingerprint }) => fingerprint)];
    };
    expect(fingerprints(current)).toEqual(fingerprints(base));
    expect(codeQuality(reportOf(current))).toMatchObject([
      { description: expect.stringContaining("(new in account staging)") },
    ]);
  });

  test("whose text names its account is new in a further one, and not gone in the first", () => {
    const problemsIn = (accounts: string) =>
      reportedProblems(found("TEN-004", GRANT, ["scratch", "scratch"], accounts), "");

    const { current, gone } = compareProblems(problemsIn("[prod]"), problemsIn("[prod, staging]"));
    const back = compareProblems(problemsIn("[prod, staging]"), problemsIn("[prod]"));

    expect(current.map(({ state, message }) => [state, message])).toEqual([
      ["new", expect.stringContaining("(also in account staging) (new in account staging)")],
    ]);
    expect(back.current.map(({ state }) => state)).toEqual(["unchanged"]);
    expect([...gone, ...back.gone]).toEqual([]);
  });

  test("is new in a review if only the variable of one account has changed", () => {
    const [base, head] = (["other", "secrets"] as const).map((staging) =>
      reportedProblems(found("TEN-004", GRANT, ["scratch", staging]), ""),
    );

    const { current } = compareProblems(base ?? [], head ?? []);

    expect(current).toMatchObject([
      { state: "unchanged", message: expect.stringContaining(":scratch ") },
      { state: "new", message: expect.stringContaining(":secrets ") },
    ]);
  });
});
