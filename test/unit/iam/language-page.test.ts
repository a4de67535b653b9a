import { describe, expect, test } from "@jest/globals";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { permissionDelta, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import type { DocumentContext } from "../../../src/iam/document.ts";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { evaluate } from "../../../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import type { PermissionRow } from "../../../src/model/delta.ts";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";
import type { Tier } from "../../../src/model/rules/tier.ts";
import { tableRows, type Row } from "../../support/pages.ts";
import { recordedRow, readDocumentName } from "../../../src/iam/row-text.ts";

const PAGE = "iam-language.md";

interface PageDocument {
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

const BASES = new Map(
  tableRows(PAGE, "How to read the tables").map((row) => [
    row["Kind"],
    JSON.parse(row["The document without the fragments"] ?? "") as PageDocument,
  ]),
);

/** The page's fragment in the document of its kind, as text. */
function documentOf(kind: string | undefined, fragment: string): string {
  const [base, found] = [BASES.get(kind), /^((?:no \w+(?:, )?)*)(.*)$/.exec(fragment)];
  if (base === undefined || found === null) throw new Error(`${kind}: ${fragment}`);
  const [, left = "", members = ""] = found;
  const given = JSON.parse(`{${members}}`) as Readonly<Record<string, unknown>>;
  const without = new Set([...left.matchAll(/no (\w+)/g)].map(([, name]) => name));
  const kept = (from: object, isOfDocument: boolean): object =>
    Object.fromEntries(
      Object.entries({
        ...from,
        ...pick(given, (name) => ["Version", "Id", "Statement"].includes(name) === isOfDocument),
      }).filter(([name]) => !without.has(name)),
    );
  const statement = kept(base.Statement[0] ?? {}, false);
  return JSON.stringify(kept({ ...base, Statement: [statement] }, true));
}

function pick(from: Readonly<Record<string, unknown>>, wanted: (name: string) => boolean): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => wanted(name)));
}

function contextOf({ Kind }: Row): DocumentContext {
  return { dialect: Kind as Dialect, partition: "aws", accountId: "111122223333" };
}

const TIERS = ["equal", "metadata", "meaning", "no-effect", "security"] as const satisfies readonly Tier[];

describe.each(TIERS)("the page's rows of tier %s", (tier) => {
  test.each(tableRows(PAGE, `Tier \`${tier}\``))("$A and $B: $Why", (row) => {
    const [a, b] = [documentOf(row["Kind"], row["A"] ?? ""), documentOf(row["Kind"], row["B"] ?? "")];
    expect(a).not.toBe(b);
    expect(compareDocuments(a, b, contextOf(row))).toBe(tier);
  });
});

function rowTexts(rows: readonly PermissionRow[]): string {
  return (
    rows
      .map(recordedRow)
      .map(({ action, resource }) => `${action} on ${resource}`)
      .join("; ") || "nothing"
  );
}

test.each(tableRows(PAGE, "What becomes possible: the permission delta"))("from $A to $B: $Why", (row) => {
  const context = contextOf(row);
  const alone = (fragment = ""): RolePermissions => ({
    documents: [{ from: readDocumentName("inline"), text: documentOf(row["Kind"], fragment) }],
    boundary: null,
    context,
  });
  const { allowed, noLongerAllowed } = permissionDelta(alone(row["A"]), alone(row["B"]));
  expect(rowTexts(allowed)).toBe(row["Newly allowed"]);
  expect(rowTexts(noLongerAllowed)).toBe(row["No longer allowed"]);
});

test.each(tableRows(PAGE, 'Containment: "no more than before"'))("$B within $A: $Why", (row) => {
  const [a, b] = [documentOf(row["Kind"], row["A"] ?? ""), documentOf(row["Kind"], row["B"] ?? "")];
  expect(provedNarrower(b, a, contextOf(row)).kind).toBe(row["Answer"]?.replace(" ", "-"));
});

test.each(tableRows(PAGE, "What `until` ends, and what it does not"))("$Answer: $Why", (row) => {
  const text = documentOf(
    "identity",
    '"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-12-31T23:59:59Z"}}',
  );
  const context = contextOf({ Kind: "identity" });
  const time = row["Time of the request"] ?? "";
  const request = accessRequest({
    caller: {
      kind: "role",
      accountId: "111122223333",
      roleArn: "arn:aws:iam::111122223333:role/orders",
      sessionArn: null,
    },
    action: "s3:GetObject",
    resource: "arn:aws:s3:::data/x",
    context: time === "unknown" ? {} : { "aws:CurrentTime": time },
  });
  const decision = evaluate(request, {
    identity: [attachedPolicy({ from: "inline", text }, context)],
    boundary: null,
    session: [],
    resource: { kind: "none" },
  });
  expect(decision.kind).toBe(row["Answer"]);
});
