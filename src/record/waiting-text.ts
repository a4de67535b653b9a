import type { WaitingLong } from "../model/records/wave-record.ts";
import { targetText } from "../model/keys/key.ts";
import { counted, timeText } from "../text/phrases.ts";
import { nextLine, seeLine, type AlertLine } from "./alert-line.ts";
import { shownLines } from "./names.ts";

/** The causes first: a function may wait for several. */
export function waitingLines({
  account,
  namespace,
  since,
  reasons,
  keys,
}: WaitingLong): readonly AlertLine[] {
  const verb = keys.length === 1 ? "waits" : "wait";
  return [
    `🟠 ${namespace} in ${account}: ${counted(keys.length, "change")} from Git ${verb}, since ${timeText(since)}`,
    ...shownLines(reasons).map((reason) => `    ${reason}`),
    ...shownLines(keys.map((key) => targetText({ key, account }))).map((line) => `    ${line}`),
    nextLine("the last applied state remains in effect until the cause has ended"),
    seeLine("grantkeeper get approvals"),
  ];
}
