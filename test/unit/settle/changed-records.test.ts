import { expect, test } from "@jest/globals";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { incidentOf } from "../../../src/model/records/incident.ts";
import { complete } from "../../../src/model/values/steps.ts";
import type { PassResult } from "../../../src/settle/outcome/outcome.ts";
import { settle } from "../../../src/settle/settle.ts";
import { storedText } from "../../../src/store/rows/stored-text.ts";
import {
  BINDING,
  doneOf,
  driftOf,
  KEY,
  knownRecord,
  passOf,
  settleContext,
  skippedOf,
  subjectOf,
} from "../../support/pass/passes.ts";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";

const REFUSAL_ENDED = { kind: "refusal-ended", key: KEY, account: "prod" } as const;

type Done = Extract<PassResult, { readonly kind: "done" }>;

function settled(record: KeyRecord, change: Partial<KeyJudgement> = {}, done: Partial<Done> = {}) {
  const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record), ...change });
  return complete(settle(doneOf([outcome], passOf([BINDING]), done), settleContext())).settlement;
}

/** As the store returns it: with sorted members. */
function stored(record: KeyRecord): KeyRecord {
  return JSON.parse(storedText(record)) as KeyRecord;
}

/** Of a pass that has nothing left to record about the key. */
function recorded(): KeyRecord {
  let record = knownRecord();
  for (let pass = 0; pass < 3; pass += 1) [record = record] = settled(stored(record)).change.keys ?? [];
  return stored(record);
}

test("a record that a pass leaves as it was is not stored again", () => {
  expect(settled(recorded()).change.keys).toEqual([]);
});

test.each([
  {
    because: "a member is another one",
    record: { ...recorded(), changedBy: "main@0000001" },
    change: { drifts: [driftOf()] },
  },
  {
    because: "the record before it was of an earlier version",
    record: { ...recorded(), comparedSinceMs: null },
    change: {},
  },
])("the record of a key is stored if $because", ({ record, change }) => {
  expect(settled(record, change).change.keys?.map(({ key }) => key)).toEqual([KEY]);
});

test("the record of a key with an alert is stored, in the transaction of the alert", () => {
  const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(recorded()) });
  const result = doneOf([outcome], passOf([BINDING]));
  const openIncidents = new Set([incidentOf(REFUSAL_ENDED)]);
  const { change, alerts } = complete(settle(result, settleContext({ openIncidents }))).settlement;

  expect(alerts).toEqual([expect.objectContaining(REFUSAL_ENDED)]);
  expect(change.keys?.map(({ key }) => key)).toEqual([KEY]);
});

test("a record that was stored before the first write is stored again", () => {
  const { change } = settled(recorded(), {}, { recorded: new Set([KEY]) });

  expect(change.keys?.map(({ key }) => key)).toEqual([KEY]);
});
