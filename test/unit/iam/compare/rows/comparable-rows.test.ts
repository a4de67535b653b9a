import { describe, expect, test } from "@jest/globals";
import {
  permissionDelta,
  permissionRows,
  comparableRows,
  type RolePermissions,
} from "../../../../../src/iam/compare/delta.ts";
import { ACTIONS, selectorsMeet } from "../../../../../src/iam/match/selector.ts";
import type { ComparableRow } from "../../../../../src/iam/compare/rows/comparable-row.ts";
import { IndexedRows } from "../../../../../src/iam/compare/rows/indexed-rows.ts";
import { RowList } from "../../../../../src/iam/compare/rows/row-list.ts";
import { commonPart, rowCovers } from "../../../../../src/iam/compare/rows/common-part.ts";
import { scopesMeet } from "../../../../../src/iam/match/scope.ts";
import { NO_DELTA } from "../../../../../src/model/delta.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";
import { recordedRow, readDocumentName, documentName } from "../../../../../src/iam/row-text.ts";

const BUCKET = "arn:aws:s3:::b/*";
const ROLE_A = "arn:aws:iam::111122223333:role/a";
const ROLE_B = "arn:aws:iam::111122223333:role/b";

function role(
  statements: readonly object[],
  dialect: Dialect = "identity",
  version = "2012-10-17",
): RolePermissions {
  const filled = statements.map((one) => ({ Effect: "Allow", ...one }));
  return {
    documents: [
      { from: readDocumentName("document"), text: JSON.stringify({ Version: version, Statement: filled }) },
    ],
    boundary: null,
    context: { dialect, partition: "aws", accountId: "111122223333" },
  };
}

/** The rows of the statements, without the limit that a missing boundary is. */
function rowsOf(statements: readonly object[], dialect?: Dialect): readonly ComparableRow[] {
  return comparableRows(role(statements, dialect)).filter(
    ({ permission }) => documentName(permission.from) === "document",
  );
}

function rowOf(fields: object, dialect?: Dialect): ComparableRow {
  const [row] = rowsOf(
    [{ ...(!("NotAction" in fields) && { Action: "s3:GetObject" }), Resource: BUCKET, ...fields }],
    dialect,
  );
  if (row === undefined) throw new Error("the statement has no row");
  return row;
}

const ofCaller = (fields: object): ComparableRow => rowOf(fields, "resource");

test("the index finds every row that shares an action, and no other row except those with NotAction", () => {
  const actions =
    "s3:GetObject s3:Get* s3:* s3 sqs:SendMessage sqs:Send* * s*:GetObject ?3:GetObject ${a}:b".split(" ");
  const excepted = [["s3:Get*"], ["*"], ["s3:A", "s3:B"], ["s3:As3:B"], ["sqs:*", "s3:*"]];
  const rows = rowsOf([
    ...actions.map((Action) => ({ Action, Resource: "*" })),
    ...excepted.map((NotAction) => ({ NotAction, Resource: "*" })),
  ]);
  const index = new IndexedRows([new RowList(rows)]);
  const wrong = rows.filter((row) => {
    const found = new Set(index.sharersOf(row, "grant"));
    return rows.some((other) => {
      const meets = row.actions.negated || selectorsMeet(other.actions, row.actions, ACTIONS);
      return found.has(other) !== meets;
    });
  });

  expect(rows).toHaveLength(actions.length + excepted.length);
  expect(wrong.map(({ permission }) => permission.action)).toEqual([]);
  expect(index.isUnclear).toBe(false);
  expect(new IndexedRows([new RowList(rows), new RowList(rowsOf([{ Fresh: 1 }]))]).isUnclear).toBe(true);
});

describe("two rows", () => {
  test.each([
    {
      a: rowOf({}),
      b: rowOf({ Resource: "arn:aws:s3:::c/*" }),
      meet: false,
      because: "their resources differ",
    },
    { a: rowOf({}), b: rowOf({ Action: "s3:PutObject" }), meet: false, because: "their actions differ" },
    { a: rowOf({}), b: rowOf({ Action: "s3:*" }), meet: true, because: "one covers the other" },
    {
      a: ofCaller({ Principal: { AWS: ROLE_A } }),
      b: ofCaller({ Principal: { AWS: ROLE_B } }),
      meet: true,
      because: "a caller has several names in AWS",
    },
    {
      a: ofCaller({ Principal: { Service: "a.amazonaws.com" } }),
      b: ofCaller({ Principal: { Service: "b.amazonaws.com" } }),
      meet: false,
      because: "a service has only one name",
    },
    {
      a: ofCaller({ Principal: { Service: "a.amazonaws.com" } }),
      b: ofCaller({ Principal: { Service: "a.amazonaws.com" } }),
      meet: true,
      because: "both name the same service",
    },
    {
      a: ofCaller({ Principal: { AWS: ROLE_A } }),
      b: ofCaller({ Principal: { Service: "a.amazonaws.com" } }),
      meet: false,
      because: "a role is not a service",
    },
    {
      a: ofCaller({ Principal: { CanonicalUser: "79a5" } }),
      b: ofCaller({ Principal: { AWS: ROLE_A } }),
      meet: true,
      because: "a canonical user is an account",
    },
    {
      a: ofCaller({ NotPrincipal: { AWS: ROLE_A } }),
      b: ofCaller({ Principal: { Service: "a.amazonaws.com" } }),
      meet: true,
      because: "an excepted role leaves every service",
    },
    {
      a: ofCaller({ Principal: "*" }),
      b: ofCaller({ Principal: { Service: "a.amazonaws.com" } }),
      meet: true,
      because: "all principals include a service",
    },
  ])("overlap: $meet, because $because", ({ a, b, meet }) => {
    expect(scopesMeet(a, b)).toBe(meet);
    expect(scopesMeet(b, a)).toBe(meet);
  });

  test("that are not understood cover each other only if they are the same", () => {
    const [one, other] = [rowOf({ Fresh: 1 }), rowOf({ Fresh: 2 })];

    expect(rowCovers(one, rowOf({ Fresh: 1 }))).toBe(true);
    expect(rowCovers(one, other)).toBe(false);
  });

  test.each([
    {
      because: "each covers the other in one field",
      grant: rowOf({ Action: "s3:*" }),
      around: rowOf({ Resource: "*" }),
      part: { action: "s3:GetObject", resource: BUCKET },
      isExact: true,
    },
    {
      because: "their actions only overlap",
      grant: rowOf({ Action: "s3:Get*" }),
      around: rowOf({ Action: "s3:*Object" }),
      part: { action: "s3:Get*", resource: BUCKET },
      isExact: false,
    },
    {
      because: "their resources only overlap",
      grant: rowOf({ Resource: "arn:aws:s3:::b*" }),
      around: rowOf({ Resource: "arn:aws:s3:::*c" }),
      part: { action: "s3:GetObject", resource: "arn:aws:s3:::b*" },
      isExact: false,
    },
  ])("have a common part whose exactness is $isExact: $because", ({ grant, around, part, isExact }) => {
    const common = commonPart(grant, around);

    expect(recordedRow(common.row.permission)).toMatchObject(part);
    expect(common.isExact).toBe(isExact);
  });

  test("have a common part with its own risk, or with the risk of its caller", () => {
    const everything = rowOf({ Action: "*", Resource: "*" });
    const toAll = ofCaller({ Action: "lambda:*", Principal: "*" });

    expect(everything.permission.risk).toBe("escalation");
    expect(commonPart(everything, rowOf({ Action: "s3:ListBucket" })).row.permission.risk).toBe("none");
    expect(toAll.permission.risk).toBe("exposure");
    expect(
      commonPart(toAll, ofCaller({ Action: "lambda:GetFunction", Principal: "*" })).row.permission.risk,
    ).toBe("exposure");
  });
});

describe("a row", () => {
  test("has the risk of its permission in a role's policy and of its caller in a trust policy", () => {
    const trust = (fields: object): ComparableRow =>
      rowOf({ Action: "sts:AssumeRole", Resource: undefined, ...fields }, "trust");

    expect(rowOf({ Action: "s3:ListBucket" }).permission.risk).toBe("none");
    expect(trust({ Principal: { AWS: ROLE_A } }).permission.risk).toBe("escalation");
    expect(trust({ Principal: { Service: "lambda.amazonaws.com" } }).permission.risk).toBe("none");
    expect(trust({ Effect: "Deny", Principal: { AWS: ROLE_A } }).permission.risk).toBe("none");
  });

  test("names every excepted principal", () => {
    const { permission } = ofCaller({ NotPrincipal: { AWS: [ROLE_B, ROLE_A] } });

    expect(permission.principal).toEqual({ kind: "all-but", names: [`AWS ${ROLE_A}`, `AWS ${ROLE_B}`] });
  });

  test("exists once for each effect and each Sid", () => {
    const one = { Action: "s3:GetObject", Resource: BUCKET };
    const rows = permissionRows(
      role([one, { ...one, Effect: "Deny" }, { ...one, Sid: "a" }, { ...one, Sid: "b" }]),
    );

    expect(
      rows
        .map(({ effect, sid }) => `${effect} ${sid}`)
        .toSorted()
        .join(),
    ).toBe("Allow a,Allow b,Allow null,Deny null");
  });

  test.each([
    { statement: { Action: "s3:GetObject", Resource: BUCKET }, because: "a statement that is understood" },
    { statement: { Fresh: 1 }, because: "a statement that is not understood" },
  ])("shows the origin of each document that contains it: $because", ({ statement }) => {
    const { documents, ...rest } = role([statement]);
    const origins = ["a.yaml", "b.yaml"].map((file) => ({ file, line: 1, column: 1, path: "" }));
    const rows = origins.flatMap((origin) =>
      permissionRows({ ...rest, documents: documents.map((one) => ({ ...one, origin: () => origin })) }),
    );

    expect(rows.map(({ origin }) => origin)).toEqual(origins);
    expect(permissionRows({ ...rest, documents }).map(({ origin }) => origin)).toEqual([null]);
  });
});

describe("a change of permissions", () => {
  test.each([
    {
      because: "NotAction is not Action",
      before: role([{ Action: "s3:*", Resource: "*" }]),
      after: role([{ NotAction: "s3:*", Resource: "*" }]),
      isNone: false,
    },
    {
      because: "the case of an excepted action is ignored",
      before: role([{ NotAction: "IAM:*", Resource: "*" }]),
      after: role([{ NotAction: "iam:*", Resource: "*" }]),
      isNone: true,
    },
    {
      because: "a variable in a condition of version 2008 is plain text",
      before: role(
        [{ Action: "s3:*", Resource: "*", Condition: { StringLike: { k: "${aws:username}*" } } }],
        "identity",
        "2008-10-17",
      ),
      after: role([{ Action: "s3:*", Resource: "*", Condition: { StringLike: { k: "${aws:username}*" } } }]),
      isNone: false,
    },
  ])("is empty: $isNone, because $because", ({ before, after, isNone }) => {
    const delta = permissionDelta(before, after);

    expect(JSON.stringify(delta) === JSON.stringify(NO_DELTA)).toBe(isNone);
  });

  test.each([
    {
      Resource: ["arn:aws:s3:::a", "arn:aws:s3:::a*"],
      row: "arn:aws:s3:::a*",
      because: "a wider resource covers a narrower one",
    },
    {
      Resource: ["arn:aws:s3:::a**", "arn:aws:s3:::a*"],
      row: "arn:aws:s3:::a*",
      because: "the first of two equal resources is kept",
    },
  ])("is shown by the one row that covers the others: $because", ({ Resource, row }) => {
    const { allowed } = permissionDelta(role([]), role([{ Action: "s3:GetObject", Resource }]));

    expect(allowed.map(({ resource }) => resource)).toEqual([{ kind: "one", name: row }]);
  });

  test("is proved only if a request can meet its condition", () => {
    const certainty = (values: readonly string[]): unknown =>
      permissionDelta(
        role([]),
        role([{ Action: "s3:GetObject", Resource: BUCKET, Condition: { StringEquals: { k: values } } }]),
      ).allowed[0]?.certainty;

    expect(certainty(["a"])).toBe("proved");
    expect(certainty([])).toBe("possible");
  });
});
