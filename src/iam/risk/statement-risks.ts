import type { Statement } from "../../model/aws/policy-document.ts";
import type { NameSet } from "../../model/delta.ts";
import { toList } from "../../text/json-values.ts";
import { isOpenResource } from "../match/reach.ts";
import { pinnedBy } from "../match/pinned.ts";
import { foldVariables } from "../match/template.ts";
import { readConditions } from "../read/conditions.ts";
import { beginsPath, beginsPathOnBuckets, isBucketOfPath } from "./escalation.ts";
import type { ListedAction } from "./listed-actions.ts";
import { isExact, riskyActions } from "./row-risk.ts";

/** The resources on which an action is a risk. */
interface Trigger {
  readonly always: boolean;
  /** It reads data, which is a risk on open resources only. */
  readonly open: boolean;
  readonly inexact: boolean;
  /** It writes what tools deploy from some buckets. */
  readonly bucket: boolean;
}

const ALWAYS: Trigger = { always: true, open: false, inexact: false, bucket: false };

/**
 * Whether a statement may have a row with a risk, or one that is part of an escalation path: most have none, and need no
 * rows then. It keeps the answer of each action: a quarter of
 * judging (npm run bench). Lifetime: one revision's rules.
 */
export class StatementRisks {
  readonly #triggers = new Map<string, Trigger>();

  /** False only if no row of the statement has a risk or is part of a path. */
  mayBeRisk({ Effect, Action, Resource, Condition }: Statement): boolean {
    if (Effect === "Deny") return false;
    if (Action === undefined || Resource === undefined) return true;
    let [open, inexact, bucket] = [false, false, false];
    for (const action of toList(Action)) {
      const trigger = this.#triggerOf(action);
      if (trigger.always) return true;
      open ||= trigger.open;
      inexact ||= trigger.inexact;
      bucket ||= trigger.bucket;
    }
    if (bucket && toList(Resource).some((name) => isBucketOfPath({ kind: "one", name }))) return true;
    if (!inexact && !open) return false;
    const names = toList(Resource).map((name): NameSet => ({ kind: "one", name }));
    if (inexact && names.some((name) => !isExact(name))) return true;
    return open && names.some(isOpenResource) && (inexact || !isPinned(Condition));
  }

  /** Kept for each action: without it, judging takes 1.3 times as long (1,500 functions). */
  #triggerOf(action: string): Trigger {
    const known = this.#triggers.get(action);
    if (known !== undefined) return known;
    const trigger = triggerOf(action === "*" ? { kind: "any" } : { kind: "one", name: action });
    this.#triggers.set(action, trigger);
    return trigger;
  }
}

/** A condition that names the resources: what is read there is not open (EXF-001). */
function isPinned(condition: Statement["Condition"]): boolean {
  if (condition === undefined) return false;
  const read = readConditions(condition, foldVariables);
  return read.kind === "read" && pinnedBy(read.tests) !== "open";
}

const EXACT = "arn:aws:s3:::name/object";
/** Neither exact nor open. */
const PATTERN = "arn:aws:s3:::name/folder/*";
/** Open, and an ARN without a wildcard. */
const OPEN = "arn:aws:s3:::";

function triggerOf(action: NameSet): Trigger {
  const risksOn = (name: string): readonly ListedAction[] =>
    riskyActions({ action, resource: { kind: "one", name } });
  if (beginsPath(action) || risksOn(EXACT).length > 0) return ALWAYS;
  const onOpen = risksOn(OPEN);
  if (onOpen.some(({ risk }) => risk !== "exfiltration")) return ALWAYS;
  return {
    always: false,
    open: onOpen.length > 0,
    inexact: risksOn(PATTERN).length > 0,
    bucket: beginsPathOnBuckets(action),
  };
}
