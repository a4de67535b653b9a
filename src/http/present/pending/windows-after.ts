import type { HeldChange } from "../../../controller/ports/control.ts";
import type { Hold, WindowAfterApproval } from "../../../model/answers/hold.ts";
import { waitsByItself, type HeldBack } from "../../../model/verdict.ts";
import { isOfGit } from "../../../model/plan.ts";
import { targetText } from "../../../model/keys/key.ts";
import type { Reader } from "../../request/reader.ts";

type AnsweredHold = Pick<Hold, "account" | "code" | "subject">;

/**
 * An approval opens no change window, and brings no other function in sync; an override ends one wait alone: what the changes
 * wait for afterwards, by its reason.
 */
export function windowsAfter(
  reader: Reader,
  hold: AnsweredHold,
  changes: readonly HeldChange[],
): readonly WindowAfterApproval[] {
  const waiting = changes.flatMap(({ key, actions }) => {
    const view = reader.keyView(key);
    const first = waitsByItself(hold.code) ? null : (view?.heldBack ?? null);
    const waits = [...(first === null ? [] : [first]), ...(view?.furtherWaits ?? [])];
    // All calls of a delete apply what Git declares.
    const isHeld = actions.some(isOfGit) || (actions.length > 0 && view?.plan?.purpose === "delete");
    return isHeld ? waits.map((wait) => ({ key, ...wait, reason: reasonAfter(wait, reader, hold) })) : [];
  });
  return [...Map.groupBy(waiting, ({ reason }) => reason)].map(([reason, members]) => {
    const [{ earliestAt } = {}] = members;
    const keys = members.map(({ key }) => key).sort();
    return { reason, keys, ...(earliestAt !== undefined && { earliestAt }) };
  });
}

/** The last pass found why a function that comes first is not in sync: it may have awaited this approval. */
function reasonAfter(
  { reason, dependsOn }: HeldBack,
  reader: Reader,
  { account, code, subject }: AnsweredHold,
): string {
  if (dependsOn === undefined || account === null || waitsByItself(code)) return reason;
  const verdict = reader.keyView(dependsOn)?.verdict;
  if (verdict?.kind !== "hold" || verdict.subject !== subject) return reason;
  return `${targetText({ key: dependsOn, account })} (dependsOn), which this approval covers`;
}
