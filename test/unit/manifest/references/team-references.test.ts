import { describe, expect, test } from "@jest/globals";
import type { Compilation } from "../../../../src/manifest/compile/compile.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { readingsOf } from "../../../support/references.ts";

const READINGS = readingsOf({ "stack.orders.TableName": "orders-7F3A", "ssm./secret/name": "hidden" });

function teamText(name: string, more: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${name}}
spec: {functions: ['*'], resources: ['*'], ${more}}
`;
}

function compiled(
  team: string | null,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Compilation {
  const spec = `  grants: [{dynamodb: {table: "\${${text}}", allow: [read]}}]\n`;
  return compileTexts(
    {
      "teams/orders/api.yaml": functionText("api", spec),
      ...(team !== null && { "platform/team.yaml": team }),
      ...more,
    },
    { readings: READINGS },
  );
}

const TEAM = (references: string): string =>
  teamText("orders", `accounts: [prod], references: [${references}]`);

describe("a Team", () => {
  test.each(["stack.orders.TableName", "stack.orders.*", "stack.ord*", "'*'"])(
    "that lists %s admits a reference",
    (pattern) => {
      const found = compiled(TEAM(pattern), "stack.orders.TableName");

      expect(diagnosticTexts(found)).toEqual([]);
      expect(found.desired.bindings.size).toBe(1);
    },
  );

  test.each(["stack.orders.TableNames", "stack.orders-*", "ssm.*", "stack.Orders.*"])(
    "that lists only %s refuses it",
    (pattern) => {
      const found = compiled(TEAM(pattern), "stack.orders.TableName");

      expect(diagnosticTexts(found)).toEqual([
        expect.stringContaining(
          "${stack.orders.TableName} is not read: Team orders does not list it → ask the platform team to add stack.orders.TableName to spec.references of Team orders",
        ),
      ]);
    },
  );

  test.each([
    { pattern: "'tag.dynamodb:table.team=orders,app=shop'", isAdmitted: true },
    { pattern: "'tag.dynamodb:table.team=orders,*'", isAdmitted: true },
    { pattern: "'tag.*'", isAdmitted: true },
    { pattern: "tag.dynamodb:table.team=orders", isAdmitted: false },
    { pattern: "'tag.dynamodb:table.app=*'", isAdmitted: false },
    { pattern: "'tag.sqs.*'", isAdmitted: false },
  ])("that lists $pattern for tags: $isAdmitted", ({ pattern, isAdmitted }) => {
    const text = "tag.dynamodb:table.team=orders,app=shop";
    const found = compiled(TEAM(pattern), text);

    expect(found.references.map((one) => one.text)).toEqual(isAdmitted ? [text] : []);
    expect(diagnosticTexts(found).join("\n").includes("does not list it")).toBe(!isAdmitted);
  });

  test("that lists no reference admits none, and a refused one is neither read nor shown", () => {
    const found = compiled(teamText("orders", "accounts: [prod]"), "ssm./secret/name");

    expect(found.references).toEqual([]);
    expect(JSON.stringify([...found.invalid])).not.toContain("hidden");
    expect(diagnosticTexts(found)).toEqual([expect.stringContaining("Team orders does not list it")]);
  });

  test("refuses a reference in an account that it does not have", () => {
    const staging = teamText("orders", "accounts: [other], references: ['*']");
    const found = compiled(staging, "stack.orders.TableName");

    expect(diagnosticTexts(found).join("\n")).toContain("Team orders does not have account prod");
    expect(found.references).toEqual([]);
  });

  test.each([
    "TableName",
    "stack.*.x",
    "stack.orders",
    "ssm.a:1",
    "tag.sqs",
    "tag.sqs.a=b c",
    "${stack.orders.TableName}",
    "",
  ])("refuses the pattern %j", (pattern) => {
    const found = compiled(TEAM(`"${pattern}"`), "stack.orders.TableName");

    expect(diagnosticTexts(found).join("\n")).toContain("platform/team.yaml:4");
    expect(found.references).toEqual([]);
  });
});

describe("a namespace", () => {
  test("without a Team may use references while there is no Team at all", () => {
    expect(diagnosticTexts(compiled(null, "stack.orders.TableName"))).toEqual([]);
  });

  test("without a Team may use none where another namespace has one", () => {
    const found = compiled(teamText("other", "accounts: [prod]"), "stack.orders.TableName");

    expect(diagnosticTexts(found).join("\n")).toContain("namespace orders has no Team");
    expect(found.references).toEqual([]);
  });

  test("may use none while a file of the platform that may declare Teams cannot be read", () => {
    const found = compiled(null, "stack.orders.TableName", { "platform/broken.yaml": "a: [" });

    expect(diagnosticTexts(found).join("\n")).toContain("cannot be read and may declare Teams");
    expect(found.references).toEqual([]);
  });
});
