import { describe, expect, test } from "@jest/globals";
import { withSharedState } from "../../../../src/controller/pass/shared-state.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import {
  allow,
  appliedRecord,
  binding,
  compiled,
  desiredOf,
  policy,
} from "../../../support/pass/bindings.ts";

const BINDING = binding();
const POLICY = policy(compiled(allow("sqs:SendMessage")));
const DECLARED = {
  desired: desiredOf([BINDING], [POLICY]),
  sourceTexts: new Map([[BINDING.key, "kind: A"]]),
};

/** As a store reads it: every part is an object of its own. */
function asStored(record: KeyRecord): KeyRecord {
  return JSON.parse(JSON.stringify(record)) as KeyRecord;
}

describe("the applied state in a record of the store", () => {
  test("an applied binding that equals the declared one is the declared one", () => {
    const { applied } = withSharedState(asStored(appliedRecord(BINDING)), DECLARED);
    expect(applied?.desired.kind === "binding" && applied.desired.binding).toBe(BINDING);
  });

  test("an applied policy that equals the declared one is the declared one", () => {
    const { applied } = withSharedState(asStored(appliedRecord(POLICY)), DECLARED);
    expect(applied?.desired.kind === "policy" && applied.desired.policy).toBe(POLICY);
  });

  test.each([
    ["a binding as declared", appliedRecord(BINDING)],
    ["a policy as declared", appliedRecord(POLICY)],
    ["a binding that differs in one text", appliedRecord(binding({ description: "before" }))],
    ["a policy that differs in one action", appliedRecord(policy(compiled(allow("sqs:PurgeQueue"))))],
    ["nothing applied", emptyKeyRecord(BINDING.key)],
  ])("%s: the record has the same content as before", (_, record) => {
    expect(withSharedState(asStored(record), DECLARED)).toEqual(asStored(record));
  });

  test("a key that Git no longer declares keeps its applied state", () => {
    const nothing = { desired: desiredOf([]), sourceTexts: new Map() };
    for (const record of [appliedRecord(BINDING), appliedRecord(POLICY)]) {
      expect(withSharedState(record, nothing)).toEqual(record);
    }
  });
});
