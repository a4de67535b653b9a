import type { RecordAlert } from "../model/records/record-alert.ts";
import { nextLine, seeLine, type AlertLine } from "./alert-line.ts";

type BrokenRecord = Extract<RecordAlert, { readonly kind: "record-broken" }>;

export function brokenRecordLines({ problem, reason, unverifiedFrom }: BrokenRecord): readonly AlertLine[] {
  return [
    `🔴 the record: ${problem}: ${reason}`,
    `    entries from ${unverifiedFrom} on may not be what was written`,
    nextLine("the controller continues and adds entries; history marks what is not verified"),
    "Fix:  before anything else, copy the complete state directory: it is evidence",
    seeLine("grantkeeper audit verify"),
  ];
}
