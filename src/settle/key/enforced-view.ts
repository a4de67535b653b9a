import type { Pass } from "../../judge/subject.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { isBinding } from "../../model/desired.ts";
import { lowerMode } from "../../model/rules/mode.ts";

/** Whether anything is written for the key: the most cautious mode of process, account and manifest counts. */
export function isEnforcedView(pass: Pick<Pass, "mode" | "account">, { desired }: KeyView): boolean {
  const ceiling = lowerMode(pass.mode, pass.account.mode);
  const own = desired !== null && isBinding(desired) ? desired.mode : "enforce";
  return lowerMode(ceiling, own) === "enforce";
}
