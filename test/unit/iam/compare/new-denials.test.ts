import { describe, expect, test } from "@jest/globals";
import { newDenials, permissionDelta, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { BUCKET, allow, deny, document, role } from "./bucket-roles.ts";
import { namesText, recordedDelta } from "../../../../src/iam/row-text.ts";

describe("new denials", () => {
  test("are the Denies of the second role that no Deny of the first covers, even those that meet no grant", () => {
    const before = role([document(allow(), deny({ Action: "s3:*" }))]);
    const after = role([
      document(deny(), deny({ Action: "sqs:*" }), deny({ Action: "sns:*" })),
      document({ Odd: 1 }),
    ]);

    expect(newDenials(before, after).map(({ action }) => namesText(action))).toEqual(["sns:*", "sqs:*"]);
    expect(newDenials(after, before).map(({ action }) => namesText(action))).toEqual(["s3:*"]);
  });

  test.each([
    { odd: { Odd: "Deny" }, isDenial: true, because: "its effect is not known" },
    { odd: { ...deny(), Odd: 1 }, isDenial: true, because: "its effect is Deny" },
    { odd: { ...allow(), Odd: "Deny" }, isDenial: false, because: "its effect is Allow" },
    { odd: { Odd: 1 }, isDenial: false, because: "it does not contain the word Deny" },
  ])("include an opaque statement: $isDenial, because $because", ({ odd, isDenial }) => {
    const after = role([document(allow(), odd)]);

    expect(newDenials(role([document(allow())]), after)).toHaveLength(isDenial ? 1 : 0);
    expect(newDenials(after, after)).toEqual([]);
  });
});

describe("a row of a delta", () => {
  test("names the condition under which the other side has the same permission", () => {
    const when = (value: string) => ({ Condition: { StringEquals: { k: value } } });
    const before = role([document(allow(when("b")), allow(when("a")))]);
    const delta = permissionDelta(before, role([document(allow(), allow({ Action: "s3:PutObject" }))]));

    expect(
      recordedDelta(delta).allowed.map((row) => [row.action, row.condition, row.otherCondition]),
    ).toEqual([
      ["s3:GetObject", "", '{"StringEquals":{"k":["a"]}}'],
      ["s3:PutObject", "", null],
    ]);
    expect(delta.noLongerAllowed).toEqual([]);
  });

  test("shows a resource with an open variable as written", () => {
    const statements = [allow({ Resource: "*" }), deny({ Condition: { StringEquals: { k: "${x}" } } })];
    const old = JSON.stringify({ Version: "2008-10-17", Statement: statements });

    const delta = permissionDelta(role([old]), role([document(allow({ Resource: "*" }))]));

    expect(recordedDelta(delta).allowed[0]).toMatchObject({
      resource: BUCKET,
      condition: '{"StringEquals":{"k":["${x}"]}}',
      limit: { kind: "denial", from: "policy 0", sid: null },
    });
  });

  test("names the boundary that now lets it through", () => {
    const inside = (boundary: string | null): RolePermissions => role([document(allow())], boundary);

    expect(permissionDelta(inside(document(allow({ Action: "sqs:*" }))), inside(null)).allowed).toMatchObject(
      [
        {
          action: { kind: "one", name: "s3:GetObject" },
          certainty: "proved",
          limit: { kind: "boundary", from: { kind: "boundary" }, sid: null },
        },
      ],
    );
  });
});
