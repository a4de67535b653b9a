import type { HoldSummary } from "../../api/overview.ts";
import { waitsByItself } from "../../model/verdict.ts";
import { causeText, shortSubject } from "../screen/words.ts";
import { wrapped } from "../screen/wrap.ts";

/** The commands that answer a pending approval, or why this token has none. */
export function answerLines(status: HoldSummary, width: number): readonly string[] {
  const digest = shortSubject(status.subject);
  const { code, approvable, rejected } = status;
  const approval = `grantkeeper approve ${digest} --reason TEXT [--for 1h]`;
  if (waitsByItself(code)) return overrideLines(status, width);
  if (!approvable)
    return ["This token cannot approve or reject it: it needs the scope approve for every binding"];
  return [
    `To approve: ${approval}`,
    ...(rejected === null ? [`To reject:  grantkeeper reject ${digest} --reason TEXT`] : []),
  ];
}

function overrideLines({ subject, cause, approvable }: HoldSummary, width: number): readonly string[] {
  const what = cause === undefined ? "the wait" : causeText(cause);
  if (!approvable)
    return wrapped(
      `This token cannot override ${what}: it needs the scope approve for every namespace`,
      width,
      HANGING,
    );
  return [
    ...wrapped(`To override ${what}, and nothing else:`, width, HANGING),
    `  grantkeeper approve ${shortSubject(subject)} --override --reason TEXT [--for 1h]`,
  ];
}

const HANGING = { first: "", next: "  " };
