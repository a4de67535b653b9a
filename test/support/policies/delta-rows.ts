import { readDelta } from "../../../src/iam/row-text.ts";
import { NO_DELTA, type DeltaRow, type RecordedDeltaRow } from "../../../src/model/delta.ts";

/** A row of a delta as the record and the API have it. */
export type RowTexts = RecordedDeltaRow;

const ORDINARY: RowTexts = {
  effect: "Allow",
  principal: null,
  action: "sqs:SendMessage",
  resource: "arn:aws:sqs:eu-west-1:111122223333:orders-dlq",
  condition: "",
  from: "inline hotfix",
  sid: null,
  origin: null,
  certainty: "proved",
  risk: "none",
  otherCondition: null,
  limit: null,
};

/** The texts of an ordinary permission, but for these. */
export function rowTexts(change: Partial<RowTexts> = {}): RowTexts {
  return { ...ORDINARY, ...change };
}

/** The row with these texts. */
export function deltaRow(change: Partial<RowTexts> = {}): DeltaRow {
  const [row] = readDelta({ ...NO_DELTA, allowed: [rowTexts(change)] }).allowed;
  if (row === undefined) throw new Error("one row is read as one row");
  return row;
}
