import { describe, expect, test } from "@jest/globals";
import { provedNarrower } from "../../../../../src/iam/compare/containment.ts";
import {
  newDenials,
  permissionDelta,
  comparableRows,
  type RolePermissions,
} from "../../../../../src/iam/compare/delta.ts";
import { gains } from "../../../../../src/iam/compare/rows/gain.ts";
import type { ComparableRow } from "../../../../../src/iam/compare/rows/comparable-row.ts";
import { IndexedRows } from "../../../../../src/iam/compare/rows/indexed-rows.ts";
import { RowList } from "../../../../../src/iam/compare/rows/row-list.ts";
import { commonPart, rowCovers } from "../../../../../src/iam/compare/rows/common-part.ts";
import { scopeCovers } from "../../../../../src/iam/match/scope.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";
import { allow, BUCKET, deny, document, role, type Fields } from "../bucket-roles.ts";
import { namesText, recordedDelta, recordedRow } from "../../../../../src/iam/row-text.ts";

const ROLE_A = "arn:aws:iam::111122223333:role/a";
const ODD = { Odd: 1 };

/** The rows that became possible. */
function newRows(before: RolePermissions, after: RolePermissions): readonly string[] {
  return recordedDelta(permissionDelta(before, after)).allowed.map(
    ({ effect, action, resource, certainty }) => `${effect} ${action} ${resource} ${certainty}`,
  );
}

describe("a possible gain between two states of a role", () => {
  const wide = allow({ Action: "s3:*" });

  test.each([
    {
      because: "a grant inside the boundary that a Deny revokes is no gain",
      before: role([document(deny())], document(allow())),
      after: role([document(wide, deny())], document(allow())),
      rows: [],
    },
    {
      because: "a grant under a partly understood boundary may be allowed in full",
      before: role([document(allow())], document(allow(), ODD)),
      after: role([document(allow(), wide)], document(allow(), ODD)),
      rows: [`Allow s3:* ${BUCKET} possible`],
    },
    {
      because: "a removed Deny under a boundary that is not understood may allow its permission",
      before: role([document(wide, deny())], "text"),
      after: role([document(wide)], "text"),
      rows: [`Allow s3:GetObject ${BUCKET} possible`],
    },
    {
      because: "a removed Deny outside the boundary leaves its permission to other policies",
      before: role([document(wide, deny())], document(allow({ Action: "sqs:*" }))),
      after: role([document(wide)], document(allow({ Action: "sqs:*" }))),
      rows: [`Deny s3:GetObject ${BUCKET} possible`],
    },
    {
      because: "a grant is not proved next to an opaque statement that may have granted it or may deny it",
      before: role([document(ODD)]),
      after: role([document(allow(), ODD)]),
      rows: [`Allow s3:GetObject ${BUCKET} possible`],
    },
    {
      because: "a grant with two NotAction patterns is not proved if one of them begins with a star",
      before: role([]),
      after: role([document({ Effect: "Allow", NotAction: ["iam:*", "*:Put*"], Resource: BUCKET })]),
      rows: [`Allow all but *:Put*, iam:* ${BUCKET} possible`],
    },
    {
      because: "a variable in the first parts of a NotResource ARN excepts nothing",
      before: role([]),
      after: role([document(allow({ Resource: undefined, NotResource: "arn:aws:${aws:x}:::x" }))]),
      rows: ["Allow s3:GetObject all but arn:aws:${aws:x}:::x proved"],
    },
    {
      because: "a part that the old boundary covered by another row is not proved",
      before: role([document(wide)], document(allow({ Resource: "arn:aws:s3:::b/x" }))),
      after: role([document(wide)], document(allow())),
      rows: [`Allow s3:GetObject ${BUCKET} possible`],
    },
  ])("$because", ({ before, after, rows }) => {
    expect(newRows(before, after)).toEqual(rows);
  });

  test.each([
    { first: "arn:aws:s3:::${aws:x}", certainty: "proved" },
    { first: "arn:aws:${aws:x}:::x", certainty: "possible" },
  ])("a list with $first that is not expanded is $certainty", ({ first, certainty }) => {
    const list = (begin: string): readonly string[] => Array.from({ length: 60 }, (_, at) => `${begin}${at}`);
    const lists = allow({ Action: list("s3:Get"), Resource: [first, ...list("arn:aws:s3:::b/")] });

    expect(permissionDelta(role([]), role([document(lists)])).allowed.map((row) => row.certainty)).toEqual([
      certainty,
    ]);
  });

  test("an added grant and a removed Deny of the same permission are reported once", () => {
    const index = (texts: readonly string[]) => new IndexedRows([new RowList(comparableRows(role(texts)))]);
    const found = gains({
      old: index([document(deny())]),
      now: index([document(allow())]),
      heldOutside: "all",
    });

    expect(found.map(({ around }) => around)).toEqual([null]);
  });
});

describe("a row of the delta", () => {
  const wide = allow({ Action: "s3:*" });

  test("names the first of several reasons", () => {
    const denials = ["C", "A", "B"].map((Sid) => deny({ Sid }));
    const rows = permissionDelta(role([document(wide, ...denials)]), role([document(wide)])).allowed;

    expect(rows.map(({ limit }) => limit)).toEqual([
      { kind: "denial", from: { kind: "other", name: "policy 0" }, sid: "A" },
    ]);
  });

  test("exists once for an opaque statement whose version changes", () => {
    const of = (Version: string): RolePermissions => role([JSON.stringify({ Version, Statement: [ODD] })]);

    expect(newRows(of("2008-10-17"), of("2012-10-17"))).toEqual(["Allow unknown unknown possible"]);
  });

  test("has no other condition unless it is a grant", () => {
    const before = role([document(allow(), deny({ Action: "sqs:*" }), ODD)]);
    const { allowed } = recordedDelta(permissionDelta(before, role([document(allow(), { Odd: 2 })])));

    expect(allowed.map(({ action, otherCondition }) => [action, otherCondition])).toEqual([
      ["unknown", null],
      ["unknown", null],
      ["sqs:*", null],
    ]);
  });

  test("names the first of several conditions on the other side, in any document", () => {
    const when = (value: string): string => document(allow({ Condition: { StringEquals: { k: value } } }));
    const delta = permissionDelta(role([when("b"), when("a")]), role([document(allow())]));

    expect(recordedDelta(delta).allowed[0]?.otherCondition).toBe('{"StringEquals":{"k":["a"]}}');
  });

  test("depends on the partition: the same account number is another account elsewhere", () => {
    const texts = [
      document({ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" }),
    ];
    const here = role(texts, null, "trust");
    const there: RolePermissions = { ...here, context: { ...here.context, partition: "aws-cn" } };

    expect(recordedDelta(permissionDelta(here, there)).allowed.map(({ principal }) => principal)).toEqual([
      "AWS arn:aws-cn:iam::111122223333:root",
    ]);
    expect(permissionDelta(here, here).allowed).toEqual([]);
  });

  test("is no denial although its condition contains the word", () => {
    const grant = allow({ Condition: { StringEquals: { k: "Deny" } } });

    expect(newDenials(role([]), role([document(grant)]))).toEqual([]);
  });
});

describe("two rows with callers", () => {
  const rowOf = (fields: Fields, dialect: Dialect): ComparableRow => {
    const [row] = comparableRows(role([document(fields)], null, dialect));
    if (row === undefined) throw new Error("the statement has no row");
    return row;
  };
  const ofCaller = (fields: Fields): ComparableRow => rowOf(allow(fields), "resource");

  test("have the narrower principal in common", () => {
    const all = ofCaller({ Principal: "*" });
    const one = ofCaller({ Effect: "Deny", Principal: { AWS: ROLE_A } });

    for (const [grant, around] of [
      [all, one],
      [one, all],
    ] as const) {
      const { row, isExact } = commonPart(grant, around);
      expect([recordedRow(row.permission).principal, isExact]).toEqual([`AWS ${ROLE_A}`, true]);
    }
  });

  test("have the grant's principal in common if the other row excepts some", () => {
    const { row, isExact } = commonPart(
      ofCaller({ Principal: "*" }),
      ofCaller({ Effect: "Deny", NotPrincipal: { AWS: ROLE_A } }),
    );

    expect([recordedRow(row.permission).principal, isExact]).toEqual(["AWS *", false]);
  });

  test("do not cover each other if one allows and the other denies", () => {
    const [grant, denial] = [rowOf(allow(), "identity"), rowOf(deny(), "identity")];

    expect(scopeCovers(denial, grant)).toBe(true);
    expect([rowCovers(denial, grant), rowCovers(grant, denial)]).toEqual([false, false]);
  });

  test("cover a row without a principal only if their principal is the bare star", () => {
    const trust = (Principal: unknown): ComparableRow =>
      rowOf({ Effect: "Allow", Principal, Action: "s3:GetObject" }, "trust");
    const withoutPrincipal = rowOf(allow(), "identity");

    expect(scopeCovers(trust({ AWS: "*" }), withoutPrincipal)).toBe(false);
    expect(scopeCovers(trust("*"), withoutPrincipal)).toBe(true);
  });
});

test("the index distinguishes a list of two actions from one action with both names", () => {
  const excepting = (NotAction: unknown): Fields => ({ Effect: "Allow", NotAction, Resource: "*" });
  const statements = [excepting(["s3:A", "s3:B"]), excepting("s3:As3:B")];
  const [asked] = comparableRows(role([document(allow({ Action: "s3:A" }))]));
  if (asked === undefined) throw new Error("the statement has no row");
  for (const ordered of [statements, statements.toReversed()]) {
    const index = new IndexedRows([
      new RowList(ordered.flatMap((one) => comparableRows(role([document(one)])).slice(0, 1))),
    ]);
    expect(index.sharersOf(asked, "grant")?.map(({ permission }) => namesText(permission.action))).toEqual([
      "all but s3:As3:B",
    ]);
  }
});

test("a proof of one document names it if one of its statements is not understood", () => {
  const context = role([]).context;

  expect(provedNarrower(document(ODD), document(), context)).toEqual({
    kind: "not-proved",
    because: 'a statement is not understood (document): {"Odd":1}',
  });
});
