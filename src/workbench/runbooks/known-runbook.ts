import { CliError } from "../../cli/toolbox/cli-error.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { Runbook } from "./runbook.ts";
import { namesOf, RUNBOOKS, runbookOf } from "./runbooks.ts";

/** @throws CliError */
export function knownRunbook(text: string): Runbook {
  const found = runbookOf(text);
  if (found !== undefined) return found;
  const near = nearestName(
    text,
    RUNBOOKS.flatMap((one) => [one.id, ...namesOf(one)]),
  );
  const hint = near === undefined ? "grantkeeper runbook lists all" : `did you mean "${near}"?`;
  throw new CliError(`no runbook has the name "${text}"`, hint, { code: "NotFound" });
}
