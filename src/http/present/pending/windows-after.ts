import type { HeldChange } from "../../../controller/ports/control.ts";
import type { Hold, WindowAfterApproval } from "../../../model/answers/hold.ts";
import { waitsByItself } from "../../../model/verdict.ts";
import { isOfGit } from "../../../model/plan.ts";
import type { Reader } from "../../request/reader.ts";

/**
 * An approval opens no change window, and brings no other function in sync; an override ends one wait alone: what the changes
 * wait for afterwards, by its reason.
 */
export function windowsAfter(
  reader: Reader,
  { code }: Pick<Hold, "code">,
  changes: readonly HeldChange[],
): readonly WindowAfterApproval[] {
  const waiting = changes.flatMap(({ key, actions }) => {
    const view = reader.keyView(key);
    const first = waitsByItself(code) ? null : (view?.heldBack ?? null);
    const waits = [...(first === null ? [] : [first]), ...(view?.furtherWaits ?? [])];
    // All calls of a delete apply what Git declares.
    const isHeld = actions.some(isOfGit) || (actions.length > 0 && view?.plan?.purpose === "delete");
    return isHeld ? waits.map((wait) => ({ key, ...wait })) : [];
  });
  return [...Map.groupBy(waiting, ({ reason }) => reason)].map(([reason, members]) => {
    const [{ earliestAt } = {}] = members;
    const keys = members.map(({ key }) => key).sort();
    return { reason, keys, ...(earliestAt !== undefined && { earliestAt }) };
  });
}
