import type { HoldSummary } from "../../api/overview.ts";
import { waitsByItself } from "../../model/verdict.ts";
import { causeText, neededLength, shortSubject } from "../../wording/words.ts";
import { wrapped } from "../../text/layout/wrap.ts";

/** The commands that answer a pending approval, or why this token has none. */
export function answerLines(
  status: HoldSummary,
  { nowMs, width }: { readonly nowMs: number; readonly width: number },
): readonly string[] {
  const digest = shortSubject(status.subject);
  const { code, approvable, rejected } = status;
  const approval = `grantkeeper approve ${digest} --reason TEXT [--for ${lengthOf(status, nowMs)}]`;
  if (waitsByItself(code)) return overrideLines(status, width, nowMs);
  if (!approvable)
    return ["This token cannot approve or reject it: it needs the scope approve for every binding"];
  return [
    `To approve: ${approval}`,
    ...(rejected === null ? [`To reject:  grantkeeper reject ${digest} --reason TEXT`] : []),
  ];
}

/** The default, or as long as it takes until its changes can be written. */
function lengthOf({ windows }: HoldSummary, nowMs: number): string {
  return neededLength(windows, { expiresAtMs: nowMs + 3_600_000, nowMs }) ?? "1h";
}

function overrideLines(status: HoldSummary, width: number, nowMs: number): readonly string[] {
  const { subject, cause, approvable } = status;
  const what = cause === undefined ? "the wait" : causeText(cause);
  if (!approvable)
    return wrapped(
      `This token cannot override ${what}: it needs the scope approve for every namespace`,
      width,
      HANGING,
    );
  return [
    ...wrapped(`To override ${what}, and nothing else:`, width, HANGING),
    `  grantkeeper approve ${shortSubject(subject)} --override --reason TEXT [--for ${lengthOf(status, nowMs)}]`,
  ];
}

const HANGING = { first: "", next: "  " };
