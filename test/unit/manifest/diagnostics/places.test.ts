import { describe, expect, test } from "@jest/globals";
import { findingsOffline } from "../../../../src/workbench/project/findings.ts";
import { findingDiagnostics } from "../../../../src/workbench/project/diagnostics.ts";
import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import {
  accountText,
  compileTexts,
  diagnosticText,
  functionText,
  NOW_MS,
} from "../../../support/manifests.ts";

// Every problem is reported at the field that has to change, not at the first line of its document.

const A = "teams/orders/a.yaml";
const B = "teams/orders/b.yaml";
const ACCOUNTS = "platform/accounts.yaml";
const actionData = await new IamActionData().load(["s3", "dynamodb"]);

function places(files: Readonly<Record<string, string>>): readonly string[] {
  const compilation = compileTexts(files);
  const facts = { actionData, shipped: null, nowMs: NOW_MS, authors: new Map() };
  const findings = findingsOffline(compilation, facts);
  // The boundary of the tests is open.
  const judged = [...findings.values()].flat().filter(({ rule }) => rule !== "BND-004");
  const all = [...compilation.diagnostics, ...findingDiagnostics(judged, compilation.desired.accounts)];
  return all.map((one) => diagnosticText(one).replace(/ →.*/, "")).toSorted();
}

const role = (fields: string): string => functionText("a", `  role:\n    path: /grantkeeper/\n${fields}`);

const policy = (name: string, more = ""): string =>
  `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: ${name}}\nspec:\n${more}  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/k"}]}\n`;

describe("the place of a problem", () => {
  test.each([
    {
      because: "another namespace",
      files: { [A]: functionText("a").replace("{name: a}", "{name: a, namespace: payments}") },
      at: [`${A}:3:21 metadata.namespace is payments, the folder's is orders`],
    },
    {
      because: "a FunctionPermission of the platform",
      files: { "platform/a.yaml": functionText("a") },
      at: ["platform/a.yaml:2:1 a FunctionPermission belongs to a team"],
    },
    {
      because: "an AwsAccount of a team",
      files: { [B]: accountText("other", "333333333333") },
      at: [`${B}:2:1 AwsAccount is read from platform/ only`],
    },
    {
      because: "a boundary of a team",
      files: { [B]: policy("p", "  use: boundary\n") },
      at: [`${B}:5:3 a boundary is the platform's`],
    },
    {
      because: "the same object is declared twice",
      files: { [A]: functionText("a"), [B]: functionText("a") },
      at: [
        `${A}:3:18 FunctionPermission orders/a is declared again in ${B}:3:18`,
        `${B}:3:18 FunctionPermission orders/a is declared again in ${A}:3:18`,
      ],
    },
    {
      because: "two documents have one function",
      files: { [A]: functionText("a"), [B]: functionText("b", "  function: a\n  role: {name: own}\n") },
      at: [
        `${A}:3:18 function a of orders/a@prod/eu-west-1 is also claimed by orders/b@prod/eu-west-1 (${B}:6:13)`,
        `${B}:6:13 function a of orders/b@prod/eu-west-1 is also claimed by orders/a@prod/eu-west-1 (${A}:3:18)`,
      ],
    },
    {
      because: "two documents have one role",
      files: { [A]: functionText("a"), [B]: functionText("b", "  role:\n    name: a-eu-west-1\n") },
      at: [
        `${A}:3:18 role a-eu-west-1 of orders/a@prod/eu-west-1 is also claimed by orders/b@prod/eu-west-1 (${B}:7:11)`,
        `${B}:7:11 role a-eu-west-1 of orders/b@prod/eu-west-1 is also claimed by orders/a@prod/eu-west-1 (${A}:3:18)`,
      ],
    },
    {
      because: "two accounts have one id",
      files: {
        [ACCOUNTS]: `${accountText("prod", "222222222222")}---\n${accountText("again", "222222222222")}`,
      },
      at: [
        `${ACCOUNTS}:18:7 account 222222222222 is also prod in ${ACCOUNTS}:5:7`,
        `${ACCOUNTS}:5:7 account 222222222222 is also again in ${ACCOUNTS}:18:7`,
      ],
    },
    {
      because: "an AwsAccount is declared twice",
      files: { "platform/b.yaml": accountText("prod", "333333333333") },
      at: [
        `${ACCOUNTS}:3:18 AwsAccount platform/prod is declared again in platform/b.yaml:3:18`,
        `platform/b.yaml:3:18 AwsAccount platform/prod is declared again in ${ACCOUNTS}:3:18`,
      ],
    },
    {
      because: "two accounts have one name",
      files: { [A]: functionText("a").replace("[prod]", "[prod, prod]") },
      at: [`${A}:5:31 duplicate value "prod"`],
    },
    {
      because: "the kind is not a text",
      files: { [A]: functionText("a").replace("kind: FunctionPermission", "kind: 3") },
      at: [`${A}:2:7 kind must be text`],
    },
    {
      because: "a tag key that the account does not list",
      files: { [A]: role("    tags:\n      cost-center: x\n      team: orders\n") },
      at: [
        `${A}:10:7 account prod does not list the tag key "team", and policies may grant permissions by tag`,
      ],
    },
    {
      because: "an unknown boundary",
      files: { [A]: role("    boundary: other\n") },
      at: [`${A}:8:15 other is not a boundary of account prod`],
    },
    {
      because: "the name of a role after substitution",
      files: { [A]: role('    name: "${account.vars.ordersTable}/x"\n') },
      at: [`${A}:8:11 "orders-prod/x" is not a role name (from "\${account.vars.ordersTable}/x")`],
    },
    {
      because: "the session is too long",
      files: { [A]: role("    maxSessionDuration: 13h\n") },
      at: [`${A}:8:25 "13h" is not a duration from 1h to 12h`],
    },
    {
      because: "the path is not ours",
      files: { [A]: functionText("a", "  role:\n    path: /service-role/\n") },
      at: [expect.stringMatching(`^${A}:7:11 "/service-role/" is not below`)],
    },
    {
      because: "there is an eleventh policy",
      files: {
        [A]: functionText(
          "a",
          `  managedPolicies:\n${Array.from({ length: 11 }, (_, at) => `    - p${String(at).padStart(2, "0")}\n`).join("")}`,
        ),
        [B]: Array.from({ length: 11 }, (_, at) => policy(`p${String(at).padStart(2, "0")}`)).join("---\n"),
      },
      at: [`${A}:17:7 the role has 11 attached policies of 10`],
    },
    {
      because: "an inline policy is too large",
      files: {
        [A]: functionText(
          "a",
          `  grants:\n${Array.from({ length: 100 }, (_, at) => `    - dynamodb: {table: ${"t".repeat(60)}${at}, allow: [read]}\n`).join("")}`,
        ),
      },
      at: [expect.stringMatching(`^${A}:7:7 the inline policy has \\d+ characters of 10240`)],
    },
    {
      because: "a grant has expired",
      files: {
        [A]: functionText(
          "a",
          "  grants:\n    - dynamodb: {table: orders, allow: [read]}\n      reason: x\n      until: 2026-01-01T00:00:00Z\n",
        ),
      },
      at: [`${A}:9:7 this ended on 2026-01-01T00:00:00Z`],
    },
  ])("is the field: $because", ({ files, at }) => {
    expect(places(files)).toEqual(at);
  });

  test("a broken account is reported once, not once for each function", () => {
    const files = {
      [ACCOUNTS]: accountText("prod", "222222222222").replace(
        "  boundary: platform-default",
        "  boundary: other",
      ),
      [A]: functionText("a"),
      [B]: functionText("b"),
    };

    expect(places(files)).toEqual([`${ACCOUNTS}:10:13 unknown boundary "other"`]);
  });

  test("a role without a boundary is reported at the function's name", () => {
    const account = accountText("prod", "222222222222")
      .replace("  mode: enforce\n", "")
      .replace("  boundary: platform-default\n", "");

    expect(places({ [ACCOUNTS]: account, [A]: functionText("a") })).toEqual([
      `${A}:3:12 the role has no boundary, since account prod names none`,
    ]);
  });
});
