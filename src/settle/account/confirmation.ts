import { waitsByItself } from "../../model/verdict.ts";
import { standardOf } from "../../judge/approvals/former-rules.ts";
import { forbiddenOf, modeOf } from "../../judge/subject.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { AccountRecord, Confirmation, EarlierConfirmation } from "../../model/records/account-record.ts";
import { isSameStandard, type RuleStandard } from "../../model/rules/rule-standard.ts";
import type { DonePass, OutcomeView } from "../outcome/outcome.ts";

interface PassOutcomes extends Pick<DonePass, "pass" | "live"> {
  readonly views: readonly OutcomeView[];
}

/**
 * What the account has confirmed after a pass that read it. A change that is approved and waits for its change window,
 * or for another function, is not written yet, and its approval may end before: it stays unconfirmed by itself, and holds back no other
 * function.
 */
export function confirmationAfter(
  result: PassOutcomes,
  holds: readonly Hold[],
): Confirmation & Pick<AccountRecord, "unconfirmed"> {
  const { pass } = result;
  const before = pass.history.record;
  const nothingHeld = isNothingHeld(result, holds);
  const confirmed = {
    started: before.started || (nothingHeld && hasBegun(result)),
    catalogueDigest:
      nothingHeld || before.catalogueDigest === null ? pass.catalogueDigest : before.catalogueDigest,
    confirmedRules: nothingHeld || !before.confirmedRules ? standardOf(pass.desired) : before.confirmedRules,
  };
  const unconfirmed = [...stillUnconfirmed(result), ...newlyUnconfirmed(before, confirmed, holds)];
  return { ...confirmed, ...(unconfirmed.length > 0 && { unconfirmed }) };
}

function isNothingHeld(result: PassOutcomes, holds: readonly Hold[]): boolean {
  const { pass, views } = result;
  const apart = keysOf(pass.history.record);
  return (
    views.some(({ subject }) => modeOf(subject, pass) === "enforce") &&
    pass.scope.kind === "all" &&
    !isPartlyUnread(result) &&
    !holds.some(({ code, keys }) => ACCOUNT_HOLDS.has(code) && keys.some((key) => !apart.has(key)))
  );
}

function keysOf({ unconfirmed = [] }: Pick<AccountRecord, "unconfirmed">): ReadonlySet<Key> {
  return new Set(unconfirmed.flatMap(({ keys }) => keys));
}

function stillUnconfirmed({ pass, views }: PassOutcomes): readonly EarlierConfirmation[] {
  const { unconfirmed = [], started } = pass.history.record;
  const seen = new Map(views.map((view) => [view.subject.key, view]));
  const isWaiting = (key: Key): boolean => {
    const view = seen.get(key);
    return view === undefined ? pass.scope.kind !== "all" : !isDone(view);
  };
  return unconfirmed
    .map((group) => ({
      ...group,
      // A restored record starts again.
      started: started && group.started,
      keys: group.keys.filter(isWaiting),
    }))
    .filter(({ keys }) => keys.length > 0);
}

/** Its plan was written, or there was nothing to write. */
function isDone(view: OutcomeView): boolean {
  if (view.kind === "unjudged" || view.failure !== null || view.unread.length > 0) return false;
  if (view.skipped !== null && view.skipped.kind !== "nothing-due") return false;
  return view.judged.verdict.kind === "allow";
}

function newlyUnconfirmed(
  before: AccountRecord,
  confirmed: Confirmation,
  holds: readonly Hold[],
): readonly EarlierConfirmation[] {
  if (isSameConfirmation(before, confirmed)) return [];
  const known = keysOf(before);
  const keys = holds
    .filter(({ code }) => waitsByItself(code))
    .flatMap((hold) => hold.keys.filter((key) => !known.has(key)));
  if (keys.length === 0) return [];
  const { started, catalogueDigest, confirmedRules = null } = before;
  return [{ keys, started, catalogueDigest, confirmedRules }];
}

function isSameConfirmation(before: Confirmation, now: Confirmation): boolean {
  return (
    before.started === now.started &&
    before.catalogueDigest === now.catalogueDigest &&
    isSameRules(before.confirmedRules ?? null, now.confirmedRules ?? null)
  );
}

function isSameRules(before: RuleStandard | null, now: RuleStandard | null): boolean {
  return before === null || now === null ? before === now : isSameStandard(before, now);
}

/**
 * Nothing is held of a key that is refused or whose write failed, such as one whose boundary does not exist, so its plan was not
 * seen yet. The first run has not been until there is no such key, or the account has anything that was written or matched.
 */
function hasBegun({ views, pass }: PassOutcomes): boolean {
  const enforced = views.filter(({ subject }) => modeOf(subject, pass) === "enforce");
  return !enforced.some(isBlocked) || enforced.some(isClaimed);
}

function isBlocked(view: OutcomeView): boolean {
  if (view.kind === "unjudged" || view.failure !== null) return true;
  return view.judged.verdict.kind === "refuse" || view.plan.withheld.length > 0;
}

function isClaimed(view: OutcomeView): boolean {
  const { applied, claimedFunction } = view.subject.record;
  if (applied !== null || (claimedFunction ?? null) !== null) return true;
  return view.kind === "judged" && view.writes.some(({ kind }) => kind === "applied");
}

/** Parts that could not be read count as held: their plan is not known. A region that is off never counts. */
function isPartlyUnread({ live, views }: PassOutcomes): boolean {
  return views.some((view) => {
    const isUnknown = view.kind === "unjudged" && view.outcome.kind === "unknown";
    if (forbiddenOf(view.subject) !== null || (!isUnknown && view.unread.length === 0)) return false;
    const parts = keyParts(view.subject.key);
    return parts.kind !== "function" || live.regions.get(parts.region)?.kind !== "off";
  });
}

/** The approvals that the account's first passes, and those after a change of what decides, wait for. */
const ACCOUNT_HOLDS: ReadonlySet<Hold["code"]> = new Set([
  "first-enforcing-pass",
  "lost-database",
  "catalogue-changed",
  "profiles-changed",
]);
