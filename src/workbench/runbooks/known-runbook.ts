import { CliError } from "../../cli/toolbox/cli-error.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { Runbook } from "./runbook.ts";
import { namesOf, RUNBOOKS, runbookOf } from "./runbooks.ts";

/** Conditions whose reasons lead to several runbooks. */
const MANY: readonly string[] = ["ready", "reconciling", "stalled"];
const OF_A_REASON = "grantkeeper describe NAMESPACE/NAME shows the reason, such as QuotaExceeded";

/** @throws CliError */
export function knownRunbook(text: string): Runbook {
  const found = runbookOf(text);
  if (found !== undefined) return found;
  if (MANY.includes(text.toLowerCase()))
    throw new CliError(`the condition ${text} has a runbook for each of its reasons`, OF_A_REASON, {
      code: "NotFound",
    });
  const near = nearestName(
    text,
    RUNBOOKS.flatMap((one) => [one.id, ...namesOf(one)]),
  );
  const hint = near === undefined ? "grantkeeper runbook lists all" : `did you mean "${near}"?`;
  throw new CliError(`no runbook has the name "${text}"`, hint, { code: "NotFound" });
}
