import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../src/iam/document.ts";
import { compareDocuments } from "../../../src/iam/equivalence.ts";
import type { Dialect } from "../../../src/model/policy-document.ts";
import type { Tier } from "../../../src/model/tier.ts";
import { tableRows, type Row } from "../../support/pages.ts";

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

const TIERS = ["equal", "metadata", "meaning", "security"] as const satisfies readonly Tier[];

describe.each(TIERS)("the page's rows of tier %s", (tier) => {
  test.each(tableRows(PAGE, `Tier \`${tier}\``))("$A and $B: $Why", (row) => {
    const [a, b] = [documentOf(row["Kind"], row["A"] ?? ""), documentOf(row["Kind"], row["B"] ?? "")];
    expect(a).not.toBe(b);
    expect(compareDocuments(a, b, contextOf(row))).toBe(tier);
  });
});
