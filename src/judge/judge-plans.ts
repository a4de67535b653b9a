import type { Approval } from "../model/approval.ts";
import { joinedAuthors, unlistedAuthors } from "../model/authors.ts";
import { digestOf, digestOfSet, type Digest } from "../model/values/digest.ts";
import { isBlocking, type Finding } from "../model/finding.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import { newAccessText } from "../model/rules/guardrail-profile.ts";
import { refusalReason, refusedRules } from "../model/rules/refusal.ts";
import type { KeyPlan } from "../model/plan.ts";
import { shortGrownText } from "../plan/render/words.ts";
import type { HoldCode, Verdict, WaitCause } from "../model/verdict.ts";
import { byKey, sortedSet } from "../text/order.ts";
import { authorTexts, type PlanAuthors } from "./approvals/author-texts.ts";
import { confirmedOfKey, type ConfirmedKeys } from "./approvals/confirmed-keys.ts";
import { coveredUntil, NEEDS_ANOTHER_PERSON } from "./approvals/covered.ts";
import { coversUnseen } from "./approvals/unseen.ts";
import { changedReferencesText } from "./states/changed-references.ts";
import { isOfRevision, overLimits, type LimitInputs } from "./limits.ts";
import type { Gate } from "./windows/gates.ts";
import { openUntil, waitingHolds } from "./windows/waiting-holds.ts";

/** All plans of one account, and the facts for limits and approvals. */
export interface PlansContext extends LimitInputs, PlanAuthors {
  readonly plans: readonly KeyPlan[];
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
  /** The groups that must approve a plan, where a profile asks for it; null: any approver. */
  readonly approvers: ReadonlyMap<Key, readonly (string | null)[]>;
  /** A sentence for each plan that the rules refused before they or a profile changed. */
  readonly relaxed: ReadonlyMap<Key, string>;
  /** A sentence for each plan that declares, for the first time, a live function which others use already. */
  readonly firstClaims: ReadonlyMap<Key, string>;
  /** A sentence for each plan that writes a role which Git takes over in place, until it is applied. */
  readonly takeOvers: ReadonlyMap<Key, string>;
  /** What change windows and dependencies allow, of keys that have either. */
  readonly gates: ReadonlyMap<Key, Gate>;
  readonly approvals: readonly Approval[];
  readonly nowMs: number;
  readonly account: ConfirmedKeys & {
    /** AWS has roles that an earlier record has written: suspensions may have been lost. */
    readonly isRecordLost: boolean;
  };
}

/**
 * A verdict for each complete plan: refused because of its content, held with others under the digest of their set, or
 * allowed. An approved plan is never held again. Reverts of changes made in AWS are held only by the first enforcing
 * pass.
 */
export function judgePlans(context: PlansContext): ReadonlyMap<Key, Verdict> {
  const refused = new Map(context.plans.flatMap((plan) => refusal(plan, context.findings)));
  const open = context.plans.filter((plan) => isOpen(plan, context) && !refused.has(plan.key));
  const held = heldVerdicts([...holdsOf(open, context), ...waitingHolds(open, context.gates)], context);
  return new Map(
    context.plans.map((plan) => {
      const verdict = refused.get(plan.key) ?? held.get(plan.key) ?? { kind: "allow" };
      const until = verdict.kind === "allow" ? openUntil(plan, context.gates) : null;
      return [plan.key, until === null ? verdict : allowedUntil(until, verdict)];
    }),
  );
}

/**
 * Without a call, the approval that a profile wants is open, since AWS has granted the new actions already, and that of
 * references which changed.
 */
function isOpen({ key, actions, grown, changedReferences }: KeyPlan, { approvers }: PlansContext): boolean {
  if (actions.length > 0 || changedReferences !== undefined) return true;
  return grown !== undefined && (approvers.get(key) ?? []).length > 0;
}

/** Content rules judge the declared state. Undo plans and deletes do not apply it. */
function refusal(
  { key, purpose }: KeyPlan,
  findings: PlansContext["findings"],
): readonly (readonly [Key, Verdict])[] {
  const refused = purpose === "converge" ? planRefusal(findings.get(key) ?? []) : null;
  return refused === null ? [] : [[key, refused]];
}

/** The verdict that the findings alone require; null if none of them refuses the state. */
export function planRefusal(findings: readonly Finding[]): Extract<Verdict, { kind: "refuse" }> | null {
  const blocking = findings.filter(isBlocking);
  if (blocking.length === 0) return null;
  return { kind: "refuse", reason: refusalReason(refusedRules(blocking)), findings: blocking };
}

interface NewHold {
  readonly code: HoldCode;
  readonly reason: string;
  /** Only of a first enforcing pass: who must approve its new access; null: there is none. */
  readonly newAccess?: string | null;
  readonly plans: readonly KeyPlan[];
  /** Only approvals of its members count; null: all. */
  readonly group: string | null;
  /** Of what waits by itself; missing: it needs an approval. */
  readonly cause?: WaitCause;
  /** Only of a change window. */
  readonly opensAt?: string | null;
}

/**
 * In order of precedence: a plan is held once, by the first reason that covers it. The approval of a profile's group comes
 * before the others, because it covers them as well; their approval does not stand for the group. A first claim is held
 * alone, before what holds many plans together, so that it is not approved unseen.
 */
function holdsOf(plans: readonly KeyPlan[], context: PlansContext): readonly NewHold[] {
  const { account } = context;
  const first = plans.filter(({ key }) => !confirmedOfKey(key, account).started);
  const others = plans.filter(({ key }) => confirmedOfKey(key, account).started);
  return [...firstHolds(first, context), ...laterHolds(others, context)];
}

function firstHolds(plans: readonly KeyPlan[], context: PlansContext): readonly NewHold[] {
  const byProfiles = profileHolds(plans, context);
  return [firstHold(plans, byProfiles, context), ...byProfiles];
}

function laterHolds(plans: readonly KeyPlan[], context: PlansContext): readonly NewHold[] {
  const { account } = context;
  const byCatalogue: NewHold = {
    code: "catalogue-changed",
    reason: "the grant catalogue of this version differs from the previous one",
    plans: plans.filter((plan) => confirmedOfKey(plan.key, account).catalogueChanged && isOfRevision(plan)),
    group: null,
  };
  const byLimits = overLimits(plans, context).map((over): NewHold => ({ ...over, group: null }));
  return [
    ...profileHolds(plans, context),
    ...referenceHolds(plans),
    ...relaxedHolds(plans, context),
    ...claimHolds(plans, context),
    byCatalogue,
    ...byLimits,
  ];
}

/** One for each group and namespace, so that one approval covers what one team changes. */
function profileHolds(plans: readonly KeyPlan[], context: PlansContext): readonly NewHold[] {
  const needed = plans.flatMap((plan) =>
    (context.approvers.get(plan.key) ?? []).map((group) => ({ plan, group })),
  );
  const together = Map.groupBy(needed, ({ plan, group }) =>
    JSON.stringify([group, keyParts(plan.key).namespace]),
  );
  return [...together].sort(byKey).flatMap(([, members]): readonly NewHold[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { group } = first;
    const held = members.map(({ plan }) => plan);
    return [{ code: "profile-approval", reason: profileReason(group, held, context), plans: held, group }];
  });
}

function profileReason(group: string | null, plans: readonly KeyPlan[], context: PlansContext): string {
  const textsOf = (texts: ReadonlyMap<Key, string>): readonly string[] =>
    sortedSet(plans.flatMap(({ key }) => texts.get(key) ?? []));
  return [
    newAccessText([group]),
    ...sortedSet(plans.flatMap(({ grown = [] }) => grown.map(shortGrownText))),
    ...authorTexts(plans, context),
    ...textsOf(context.relaxed),
    ...textsOf(context.firstClaims),
    ...textsOf(context.takeOvers),
    ...sortedSet(plans.flatMap(referencesText)),
  ].join("; ");
}

/** One for each sentence and namespace. A revert of a change in AWS is no new verdict. */
function relaxedHolds(plans: readonly KeyPlan[], { relaxed }: PlansContext): readonly NewHold[] {
  const changed = plans.flatMap((plan) => {
    const reason = relaxed.get(plan.key);
    return reason === undefined || !isOfRevision(plan) ? [] : [{ plan, reason }];
  });
  const together = Map.groupBy(changed, ({ plan, reason }) =>
    JSON.stringify([reason, keyParts(plan.key).namespace]),
  );
  return [...together].sort(byKey).flatMap(([, members]): readonly NewHold[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { reason } = first;
    return [{ code: "profiles-changed", reason, plans: members.map(({ plan }) => plan), group: null }];
  });
}

/** One for each plan, reverts included: a plan to the declared state applies the new value, which no commit contains. */
function referenceHolds(plans: readonly KeyPlan[]): readonly NewHold[] {
  return plans.flatMap((plan) =>
    referencesText(plan).map((reason): NewHold => ({
      code: "reference-changed",
      reason,
      plans: [plan],
      group: null,
    })),
  );
}

function referencesText({ changedReferences }: KeyPlan): readonly string[] {
  return changedReferences === undefined ? [] : [changedReferencesText(changedReferences)];
}

/** One for each plan: each claim is seen and approved for itself. */
function claimHolds(plans: readonly KeyPlan[], { firstClaims, takeOvers }: PlansContext): readonly NewHold[] {
  return plans.flatMap((plan): readonly NewHold[] => {
    const takeOver = takeOvers.get(plan.key);
    if (takeOver !== undefined) return [{ code: "take-over", reason: takeOver, plans: [plan], group: null }];
    const reason = firstClaims.get(plan.key);
    return reason === undefined ? [] : [{ code: "first-claim", reason, plans: [plan], group: null }];
  });
}

/**
 * Everything of the account, since it is seen for the first time. It shows what profiles want as well: the approval of a
 * person who may give theirs covers both, and after that of another one theirs is still needed.
 */
function firstHold(plans: readonly KeyPlan[], profiles: readonly NewHold[], context: PlansContext): NewHold {
  const { isRecordLost } = context.account;
  const first = isRecordLost
    ? "first enforcing run, and AWS has roles of this instance that the record did not write: suspensions may have been lost"
    : "first enforcing run";
  const open = profiles.filter((hold) => hold.plans.some((plan) => !isCovered(plan, hold, context)));
  const groups = open.map(({ group }) => group);
  const newAccess = groups.length === 0 ? null : `${newAccessText(groups)}: ${coveringText(groups)}`;
  return {
    code: isRecordLost ? "lost-database" : "first-enforcing-pass",
    reason: newAccess === null ? first : `${first}; ${newAccess}`,
    newAccess,
    plans,
    group: null,
  };
}

function coveringText(groups: readonly (string | null)[]): string {
  const named = new Set(groups.filter((group) => group !== null));
  if (named.size === 0) return "one approval covers both, if it is not an author's";
  return `one approval covers both, if a member of ${named.size === 1 ? "it" : "each"} gives it who is no author`;
}

/** Of the plans that are held, and of those that only an approval allows. */
function heldVerdicts(holds: readonly NewHold[], context: PlansContext): ReadonlyMap<Key, Verdict> {
  const verdicts = new Map<Key, Verdict>();
  for (const hold of holds) {
    const open = hold.plans.filter(({ key }) => verdicts.get(key)?.kind !== "hold");
    const covered = new Map(open.map((plan) => [plan.key, coveredUntil(plan, hold, context)]));
    const waiting = open.filter(({ key }) => covered.get(key) === null);
    const verdict = verdictOf(hold, waiting, context);
    for (const { key } of open) {
      const until = covered.get(key) ?? null;
      verdicts.set(key, until === null ? verdict : allowedUntil(until, verdicts.get(key)));
    }
  }
  return verdicts;
}

/** Of several approvals that a plan needs, the first that ends. */
function allowedUntil(until: string, before: Verdict | undefined): Verdict {
  const earlier = before?.kind === "allow" ? before.until : undefined;
  const isEarlier = earlier !== undefined && Date.parse(earlier) <= Date.parse(until);
  return { kind: "allow", until: isEarlier ? earlier : until };
}

function verdictOf(
  { code, reason, cause, newAccess = null, group, opensAt = null }: NewHold,
  waiting: readonly KeyPlan[],
  context: PlansContext,
): Verdict {
  const { authors } = context;
  const subject = subjectOf(cause, waiting);
  const hold = {
    kind: "hold",
    code,
    reason,
    subject,
    ...(cause !== undefined && { cause }),
    ...(newAccess !== null && { newAccess }),
    ...(group !== null && { group }),
    ...(opensAt !== null && { opensAt }),
    ...(code === "profile-approval" &&
      waiting.some((plan) => coversUnseen(plan, context)) && { coversUnseen: true as const }),
  } as const;
  if (!NEEDS_ANOTHER_PERSON.has(code)) return hold;
  const made = joinedAuthors([...new Set(waiting.flatMap(({ key }) => authors.get(key) ?? []))]);
  const unlisted = unlistedAuthors(made);
  return {
    ...hold,
    ...(made.people.length > 0 && { authors: made.people }),
    ...(unlisted !== null && { unlistedAuthors: unlisted }),
  };
}

/** The override of a wait is no approval of the same plans for another reason, and ends no other wait: its subject is another. */
function subjectOf(cause: WaitCause | undefined, plans: readonly KeyPlan[]): Digest {
  const subject = digestOfSet(plans.map(({ digest }) => digest));
  return cause === undefined ? subject : digestOf({ cause, plans: subject });
}

function isCovered(plan: KeyPlan, hold: NewHold, context: PlansContext): boolean {
  return coveredUntil(plan, hold, context) !== null;
}
