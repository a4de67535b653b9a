import { expect, test } from "@jest/globals";
import { orderDocuments } from "../../../../src/plan/role/document-order.ts";
import { Comparer } from "../../../../src/iam/compare/comparer.ts";
import { allow, documentOf } from "../../../support/pass/bindings.ts";

const CONTEXT = { dialect: "identity", partition: "aws", accountId: "111122223333" } as const;

const actions = (service: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${service}:Get${at}`);

/** The inline document loses this many actions while an added policy grants as many others. */
function orderOf(count: number): readonly string[] | undefined {
  const kept = allow("sqs:SendMessage");
  const moves = orderDocuments({
    from: documentOf(kept, allow(actions("s3", count))),
    to: documentOf(kept, allow("sns:Publish")),
    added: [{ policy: "policy", text: documentOf(allow(actions("dynamodb", count))) }],
    removed: [],
    context: CONTEXT,
    comparer: new Comparer(),
  });
  return moves?.map(
    (move) => `${move.step} ${move.kind}${move.kind === "put" && !move.final ? " both" : ""}`,
  );
}

test.each([
  {
    count: 10,
    order: ["add add", "add put"],
    because: "the policy does not grant what the inline document loses",
  },
  {
    count: 400,
    order: ["add add", "add put both", "remove put"],
    because: "it may grant it if there is too much to compare",
  },
])(
  "the inline document has both in between if the policy may grant what it loses: $because",
  ({ count, order }) => {
    expect(orderOf(count)).toEqual(order);
  },
);

test("a policy that is removed comes after the final inline document, whether or not the additions are visible", () => {
  const moved = documentOf(allow("sqs:SendMessage"));
  const change = {
    from: moved,
    to: documentOf(allow("s3:GetObject")),
    removed: [{ policy: "removed", text: documentOf(allow("sns:Publish")) }],
    context: CONTEXT,
    comparer: new Comparer(),
  };
  const shown = (added: readonly { policy: string; text: string }[]): readonly string[] | undefined =>
    orderDocuments({ ...change, added })?.map((move) =>
      move.kind === "put"
        ? move.final
          ? "final document"
          : "document in between"
        : `${move.kind} ${move.policy}`,
    );

  expect({ first: shown([{ policy: "added", text: moved }]), afterwards: shown([]) }).toEqual({
    first: ["add added", "document in between", "final document", "remove removed"],
    afterwards: ["final document", "remove removed"],
  });
});
