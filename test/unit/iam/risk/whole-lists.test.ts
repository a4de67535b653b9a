import { describe, expect, test } from "@jest/globals";
import { permissionDelta, permissionRows, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { escalationPaths } from "../../../../src/iam/risk/escalation.ts";
import { actionReaches, isOpenResource, resourceReaches } from "../../../../src/iam/match/reach.ts";
import { rowRisk } from "../../../../src/iam/risk/row-risk.ts";
import { readNames, namesText, shortNames, readDocumentName } from "../../../../src/iam/row-text.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };

type Fields = Readonly<Record<string, unknown>>;

const named = (count: number, begin: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${begin}${at}`);
const lists = (actions: number, resources: number, fields: Fields = {}): Fields => ({
  Effect: "Allow",
  Action: named(actions, "s3:Get"),
  Resource: named(resources, "arn:aws:s3:::b/"),
  ...fields,
});

function role(...statements: readonly Fields[]): RolePermissions {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return { documents: [{ from: readDocumentName("inline"), text }], boundary: null, context: IDENTITY };
}

describe("a statement with lists", () => {
  test.each([
    { statements: [lists(44, 45)], rows: 1_980, because: "is expanded into up to 2,000 rows" },
    { statements: [lists(45, 45)], rows: 1, because: "is one row beyond that" },
    { statements: [lists(3_000, 1)], rows: 3_000, because: "is expanded if that adds no rows" },
    { statements: [lists(30, 30), lists(40, 40)], rows: 901, because: "is one row if it is the largest" },
    {
      statements: [lists(30, 30), lists(30, 30, { Sid: "B" })],
      rows: 1_800,
      because: "counts together with the others",
    },
    {
      statements: [lists(45, 45, { NotAction: named(45, "s3:Get"), Action: undefined })],
      rows: 45,
      because: "with NotAction has one row for each resource",
    },
  ])("$because", ({ statements, rows }) => {
    expect(permissionRows(role(...statements))).toHaveLength(rows);
  });

  test("in one row shows its sorted members", () => {
    const [row] = permissionRows(role(lists(50, 50)));

    expect(row?.action).toEqual({ kind: "any-of", names: named(50, "s3:Get").toSorted() });
    expect(row?.resource).toEqual({ kind: "any-of", names: named(50, "arn:aws:s3:::b/").toSorted() });
  });

  test("in one row covers each part", () => {
    const [large, small] = [role(lists(60, 60)), role(lists(50, 50))];

    expect(permissionDelta(large, small).allowed).toEqual([]);
    expect(permissionDelta(large, role(lists(2, 2))).allowed).toEqual([]);
    expect(permissionDelta(small, large).allowed).toMatchObject([{ certainty: "possible" }]);
  });

  test("in one row has the worst risk of its members", () => {
    const [harmless] = permissionRows(role(lists(50, 50)));
    const [worst] = permissionRows(
      role(lists(50, 50, { Action: [...named(50, "s3:Get"), "iam:CreateUser", "iam:PutRolePolicy"] })),
    );

    expect(harmless?.risk).toBe("none");
    expect(worst?.risk).toBe("escalation");
  });

  test("in one row opens the paths of its members", () => {
    const rows = permissionRows(
      role(lists(50, 50, { Action: [...named(50, "s3:Get"), "iam:PutRolePolicy"] })),
    );

    expect(escalationPaths(rows).map(({ actions }) => actions)).toEqual([["iam:PutRolePolicy"]]);
  });

  test("does not deny a name that only looks like two names", () => {
    const granted = { Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" };
    const denies = { Effect: "Deny", NotAction: ["s3:a, iam:PutRolePolicy"], Resource: "*" };

    expect(escalationPaths(permissionRows(role(granted, denies)))).toEqual([]);
    expect(permissionRows(role(denies)).map(({ action }) => namesText(action))).toEqual([
      "all but s3:a,iam:PutRolePolicy",
    ]);
  });
});

describe("the text of a list in a row", () => {
  test.each([
    {
      text: "any of s3:Get*, sqs:SendMessage",
      reached: ["s3:GetObject", "SQS:sendmessage"],
      missed: ["sqs:Send"],
    },
    { text: "all but s3:Get*, sqs:SendMessage", reached: ["sqs:Send"], missed: ["s3:GetObject"] },
    { text: "s3:Get*", reached: ["s3:GetObject"], missed: ["s3:PutObject"] },
  ])("$text includes its members", ({ text, reached, missed }) => {
    expect(reached.filter((action) => !actionReaches(readNames(text), action))).toEqual([]);
    expect(missed.filter((action) => actionReaches(readNames(text), action))).toEqual([]);
  });

  test("for resources is compared with case", () => {
    const resources = readNames("any of arn:aws:s3:::a/*, arn:aws:s3:::b");

    expect(resourceReaches(resources, "arn:aws:s3:::a/key")).toBe(true);
    expect(resourceReaches(resources, "arn:aws:s3:::B")).toBe(false);
  });

  test.each([
    { text: "any of arn:aws:s3:::a, arn:aws:s3:::*", isOpen: true, because: "with an open member is open" },
    {
      text: "any of arn:aws:s3:::a, arn:aws:s3:::b/*",
      isOpen: false,
      because: "of named members is not open",
    },
    { text: "all but arn:aws:s3:::a", isOpen: true, because: "of exceptions is open" },
  ])("$because", ({ text, isOpen }) => {
    expect(isOpenResource(readNames(text))).toBe(isOpen);
  });

  test.each([
    { resource: "any of arn:aws:s3:::a/x, arn:aws:s3:::a/y", risk: "none", because: "every member is exact" },
    {
      resource: "any of arn:aws:s3:::a/x, arn:aws:s3:::*",
      risk: "exfiltration",
      because: "one member is open",
    },
  ])("has the risk of its members: $because", ({ resource, risk }) => {
    expect(rowRisk({ action: readNames("s3:GetObject"), resource: readNames(resource) })).toBe(risk);
  });

  test.each([
    { text: "any of a, b, c, d, e, f", short: "any of a, b, c, d, e, f", because: "six members are shown" },
    {
      text: "any of a, b, c, d, e, f, g",
      short: "any of a, b, c, d, e and 2 more",
      because: "five of seven members are shown",
    },
    {
      text: "all but a, b, c, d, e, f, g",
      short: "all but a, b, c, d, e and 2 more",
      because: "exceptions are shortened too",
    },
    { text: "s3:Get*", short: "s3:Get*", because: "a single value is unchanged" },
  ])("is shortened for display: $because", ({ text, short }) => {
    expect(shortNames(readNames(text))).toBe(short);
  });

  test("has members", () => {
    expect(readNames("any of a, b")).toEqual({ kind: "any-of", names: ["a", "b"] });
    expect(readNames("a, b")).toEqual({ kind: "one", name: "a, b" });
  });

  test.each(["*", "", "unknown", "s3:Get*", "any of a, b", "all but a"])("is read back: %j", (text) => {
    expect(namesText(readNames(text))).toBe(text);
  });
});
