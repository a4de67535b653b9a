import { expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import {
  findingDiagnostics,
  summaryLine,
  validationValue,
} from "../../../src/workbench/project/diagnostics.ts";
import { findingsOffline } from "../../../src/workbench/project/findings.ts";
import { foldDiagnostics } from "../../../src/workbench/project/fold.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { accountText, compileTexts, functionText, NOW_MS } from "../../support/manifests.ts";

const at = (line: number, code: string, severity: Diagnostic["severity"] = "error"): Diagnostic => ({
  severity,
  code,
  origin: { file: "a.yaml", line, column: 7, path: "" },
  message: code,
  fix: null,
});

function folded(...diagnostics: readonly Diagnostic[]): readonly string[] {
  return foldDiagnostics(diagnostics).map(({ lead, more }) => `${lead.origin.line} ${lead.code} +${more}`);
}

test.each([
  {
    because: "a rule about an entire service covers the rules about its actions",
    found: [at(8, "ESC-PutRolePolicy", "warning"), at(8, "RES-001"), at(8, "ACT-001"), at(8, "PASS-001")],
    shown: ["8 ACT-001 +3"],
  },
  {
    because: "an unknown action is not also outside the boundary",
    found: [at(8, "ACT-003"), at(8, "BND-002")],
    shown: ["8 ACT-003 +1"],
  },
  {
    because: "among several escalation paths, an error comes first",
    found: [at(8, "ESC-A", "warning"), at(8, "ESC-B"), at(8, "PASS-001")],
    shown: ["8 PASS-001 +2"],
  },
  {
    because: "of several escalation paths without PASS-001, one is shown",
    found: [at(8, "ESC-A"), at(8, "ESC-B"), at(8, "ESC-C", "warning")],
    shown: ["8 ESC-A +2"],
  },
  {
    because: "a finding that does not follow from another stays",
    found: [at(8, "RES-001"), at(8, "CON-001"), at(8, "unknown-field"), at(8, "unknown-field")],
    shown: ["8 RES-001 +0", "8 CON-001 +0", "8 unknown-field +0", "8 unknown-field +0"],
  },
  {
    because: "an error never hides behind a warning",
    found: [at(8, "ACT-001", "warning"), at(8, "RES-001"), at(8, "SIZ-001")],
    shown: ["8 ACT-001 +0", "8 RES-001 +0", "8 SIZ-001 +0"],
  },
  {
    because: "a quota does not follow from an action",
    found: [at(8, "ACT-001"), at(8, "SIZ-001"), at(8, "CON-001")],
    shown: ["8 ACT-001 +0", "8 SIZ-001 +0", "8 CON-001 +0"],
  },
  {
    because: "a finding on another line is another mistake",
    found: [at(8, "ACT-001"), at(9, "RES-001")],
    shown: ["8 ACT-001 +0", "9 RES-001 +0"],
  },
  {
    because: "problems of the schema never follow from a rule",
    found: [at(8, "ACT-001"), at(8, "unknown-field")],
    shown: ["8 ACT-001 +0", "8 unknown-field +0"],
  },
])("$because", ({ found, shown }) => {
  expect(folded(...found)).toEqual(shown);
});

test("one mistake in several accounts is one entry with the others, of which a few are named", () => {
  const found = ["prod", "staging", "a", "b", "c"].map((account) => ({
    ...at(8, "substitution"),
    message: `unknown variable in account ${account}`,
    perTarget: { cause: "unknown variable in …", target: `account ${account}` },
  }));

  expect(foldDiagnostics([...found, at(9, "substitution")]).map(({ message }) => message)).toEqual([
    "unknown variable in account prod (also in account staging, account a, account b and 1 more)",
    "substitution",
  ]);
});

test("a finding that differs in severity between accounts is one, the strictest, with the accounts", () => {
  const found = (severity: Diagnostic["severity"], name: string): Diagnostic => ({
    ...at(8, "BND-004", severity),
    message: "the boundary lets through iam:PassRole",
    perTarget: { cause: "the boundary lets through iam:PassRole", target: `account ${name}` },
  });

  const all = [found("warning", "staging"), found("error", "prod"), found("warning", "test")];

  expect(foldDiagnostics(all)).toEqual([
    {
      lead: found("error", "prod"),
      message:
        "the boundary lets through iam:PassRole (in account prod; only a warning in account staging, account test)",
      more: 0,
      targets: ["account prod"],
      warnsIn: ["account staging", "account test"],
    },
  ]);
});

test.each([
  {
    name: "ChangeWindows",
    files: {
      "platform/windows.yaml": [
        ["office", "[prod]", "[staging]"],
        ["back", "[staging]", "[prod]"],
      ]
        .map(
          ([name, accounts, after]) =>
            `apiVersion: grantkeeper.dev/v1alpha1\nkind: ChangeWindow\nmetadata: {name: ${name}}\nspec:\n  accounts: ${accounts}\n  after: {accounts: ${after}, verifiedFor: 5m}\n`,
        )
        .join("---\n"),
    },
    names: ["office", "back"],
  },
  {
    name: "functions",
    files: {
      "teams/orders/api.yaml": functionText("api", "  dependsOn: [worker]\n"),
      "teams/orders/worker.yaml": functionText("worker", "  dependsOn: [api]\n"),
    },
    names: ["api", "worker"],
  },
])(
  "a circle of $name is one error that names all of them, and each document is invalid",
  ({ files, names }) => {
    const staging = { "platform/staging.yaml": accountText("staging", "333333333333") };
    const { diagnostics } = compileTexts({ ...staging, ...files });
    const circular = diagnostics.filter(({ shared }) => shared !== undefined);

    const folded = foldDiagnostics(circular).map(({ message }) => message);

    expect(circular).toHaveLength(2);
    expect(folded).toHaveLength(1);
    expect(names.filter((name) => folded[0]?.includes(name) !== true)).toEqual([]);
  },
);

test("two open resources of one statement are two entries, each with the other account, although their ARNs name the account", async () => {
  const arns = ["table/*", "table/?*"].map((name) => `"arn:aws:dynamodb:eu-west-1:\${account.id}:${name}"`);
  const statement = `{Effect: Allow, Action: "dynamodb:GetItem", Resource: [${arns.join(", ")}]}`;
  const declared = functionText("api", `  statements: [{reason: x, statement: ${statement}}]\n`);
  const compilation = compileTexts({
    "platform/staging.yaml": accountText("staging", "333333333333"),
    "teams/orders/api.yaml": declared.replace("[prod]", "[prod, staging]"),
  });
  const actionData = await new IamActionData().load(["dynamodb"]);
  const facts = { actionData, shipped: null, nowMs: NOW_MS, authors: new Map() };

  const findings = [...findingsOffline(compilation, facts).values()].flat();
  const open = findings.filter(({ rule }) => rule === "RES-002");

  const { accounts } = compilation.desired;
  expect(foldDiagnostics(findingDiagnostics(open, accounts)).map(({ message }) => message)).toEqual([
    expect.stringMatching(/:222222222222:table\/\*" .*\(also in account staging\)$/),
    expect.stringMatching(/:222222222222:table\/\?\*" .*\(also in account staging\)$/),
  ]);
});

test("text and JSON count the same: the problems that are shown, without their consequences", () => {
  const found = [at(8, "RES-001"), at(8, "ACT-001"), at(9, "unknown-field"), at(9, "CON-001", "warning")];

  const { errors, warnings, diagnostics } = validationValue(
    { documents: 1, root: "", tenancy: "open" },
    found,
  );

  expect(summaryLine(1, found)).toBe("1 document: 2 errors, 1 warning");
  expect({ errors, warnings }).toEqual({ errors: 2, warnings: 1 });
  expect(diagnostics.map(({ code, lead }) => `${code} ${lead}`)).toEqual([
    "ACT-001 true",
    "RES-001 false",
    "CON-001 true",
    "unknown-field true",
  ]);
});
