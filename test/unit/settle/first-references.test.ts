import { describe, expect, test } from "@jest/globals";
import type { PinnedReference, ReferenceText } from "../../../src/model/aws/reference.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { KeyJudgement, NotApplied } from "../../../src/judge/judgement.ts";
import { firstReferences, writtenReferencesAfter } from "../../../src/settle/key/written-references.ts";
import { outcomeView, type JudgedView } from "../../../src/settle/outcome/outcome.ts";
import {
  actionOf,
  BINDING,
  HELD,
  judgedOf,
  knownRecord,
  planOf,
  skippedOf,
  subjectOf,
} from "../../support/pass/passes.ts";

const pin = (text: string, value: string): PinnedReference => ({ text: text as ReferenceText, value });
const [TABLE, QUEUE] = [pin("stack.orders.TableName", "orders-1"), pin("ssm./orders/queue", "exports")];

/** With a declared state that names these values. */
function pinned(
  record: Partial<KeyRecord>,
  declared: readonly PinnedReference[],
  verdict = judgedOf().verdict,
) {
  const subject = subjectOf(knownRecord(record));
  if (subject.kind !== "desired") throw new Error("the subject is not desired");
  return firstReferences({
    verdict,
    subject: { ...subject, desired: { ...BINDING, references: [...declared] } },
  })?.writtenReferences;
}

function appliedWith(references: readonly PinnedReference[]): Partial<KeyRecord> {
  const { applied } = knownRecord();
  if (applied === null) throw new Error("the record has no applied state");
  return {
    applied: {
      ...applied,
      desired: { kind: "binding", binding: { ...BINDING, references: [...references] } },
    },
  };
}

describe("before the first write", () => {
  test.each([
    {
      record: { applied: null },
      declared: [TABLE, QUEUE],
      expected: [TABLE, QUEUE],
      because: "none is pinned",
    },
    {
      record: appliedWith([TABLE]),
      declared: [TABLE, QUEUE],
      expected: [QUEUE],
      because: "the applied state pins the other",
    },
    {
      record: { applied: null, writtenReferences: [QUEUE] },
      declared: [TABLE, QUEUE],
      expected: [QUEUE, TABLE],
      because: "a value that was written before stays pinned",
    },
    {
      record: appliedWith([TABLE]),
      declared: [pin(TABLE.text, "orders-2")],
      expected: undefined,
      because: "a value that replaces a pinned one is pinned when it is read back",
    },
    { record: {}, declared: [], expected: undefined, because: "the manifest names no value" },
  ])("the first values are pinned: $because", ({ record, declared, expected }) => {
    expect(pinned(record, declared)).toEqual(expected);
  });

  test("nothing is pinned of a state that is not approved", () => {
    expect(pinned({ applied: null }, [TABLE], HELD)).toBeUndefined();
  });
});

describe("values that were written, of a state that is not approved any more", () => {
  const record = knownRecord({ writtenReferences: [QUEUE] });
  const view = (change: Partial<KeyJudgement>, skipped: NotApplied = { kind: "nothing-due" }): JudgedView => {
    const held = skippedOf(skipped, { subject: subjectOf(record), verdict: HELD, ...change });
    const seen = outcomeView(held, []);
    if (seen.kind !== "judged") throw new Error("the key was not judged");
    return seen;
  };

  test.each([
    { change: { undo: planOf() }, expected: {}, because: "AWS has the applied state again" },
    { change: { undo: planOf([actionOf()]) }, because: "a call is left until then" },
    { change: { undo: planOf(), unread: ["role/orders"] }, because: "a part was not read" },
    { change: { undo: null }, because: "there is no applied state to go back to" },
    {
      change: { undo: planOf() },
      skipped: { kind: "open-intent", intent: 7 } as const,
      because: "AWS may show a call later",
    },
  ])("are pinned until the applied state is restored: $because", ({ change, skipped, expected }) => {
    const after = writtenReferencesAfter(view(change, skipped), false);

    expect(after).toEqual(expected ?? { writtenReferences: [QUEUE] });
  });
});
