import { netDelta } from "../../model/delta.ts";
import type { CoveredKey } from "../../audit/entry.ts";
import { type Action, approvableDigests } from "../../model/plan.ts";
import { changedReferenceText } from "../../model/aws/reference.ts";
import { approvalNameHint, isNamedBy, shortDigits } from "../../model/rules/approval-subject.ts";
import type { Digest } from "../../model/values/digest.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { ApproveRequest } from "../../model/approval.ts";
import { waitsByItself } from "../../model/verdict.ts";
import { refusingRules, ruleAt, whyText } from "../../model/rules/refusal.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { homeOf, grownText, shortArn } from "../../plan/render/words.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { HeldChange, Refusal } from "../ports/control.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { namedAuthors } from "../../model/authors.ts";
import type { ControllerState } from "../state/controller-state.ts";
import type { HeldRevision } from "../state/source-state.ts";

/** The held revisions first, then the pending approvals of each account. */
export function pendingHolds({ source, namespaceSources, accounts }: ControllerState): readonly Hold[] {
  const revisions = [source, ...namespaceSources.values()].flatMap(({ memory: { held } }) =>
    held === null ? [] : [revisionHold(held)],
  );
  return [...revisions, ...accounts.flatMap((account) => account.holds)];
}

function revisionHold({ revision, reason, sinceMs, commits, dropped, authors }: HeldRevision): Hold {
  return {
    subject: revision,
    code: "revision",
    reason,
    ...namedAuthors(authors),
    account: null,
    keys: [],
    actions: 0,
    commits,
    ...(dropped !== undefined && { dropped }),
    sinceMs,
  };
}

/** The pending approval that the name identifies. */
export function namedHold(holds: readonly Hold[], name: string): Result<Hold, Refusal> {
  const [hold, ...more] = holds.filter(({ subject }) => isNamedBy(subject, name));
  if (hold === undefined)
    return err({
      code: "not-found",
      message: `no pending approval is named "${name}"`,
      hint: approvalNameHint(name),
    });
  if (more.length > 0)
    return err({
      code: "ambiguous",
      message: `"${name}" names ${more.length + 1} pending approvals; add more digits`,
    });
  return ok(hold);
}

/** An override is asked for by name: a list of pending approvals also has what only waits. null: the request is for it as it is. */
export function overrideRefusal(hold: Hold, { override }: Pick<ApproveRequest, "override">): Refusal | null {
  if (waitsByItself(hold.code) === (override === true)) return null;
  if (waitsByItself(hold.code)) {
    const digest = shortDigits(hold.subject);
    return {
      code: "invalid",
      message: `${digest} needs no approval: it waits ${waitText(hold)}`,
      hint: `leave it, or write it before that: grantkeeper approve ${digest} --override --reason TEXT`,
    };
  }
  return {
    code: "invalid",
    message:
      "it awaits an approval, and no change window, account or other function holds it back: nothing to override",
    hint: "read it, then approve it without --override",
  };
}

/** A rejection would end when the wait ends. */
export function waitRejectionRefusal(hold: Hold): Refusal {
  return {
    code: "invalid",
    message: `${shortDigits(hold.subject)} waits ${waitText(hold)} and needs no approval: a rejection would not stop it`,
    hint: "revert the commit, or stop it with: grantkeeper suspend TARGET --reason TEXT",
  };
}

/** The end of one wait: what comes after it may wait for something else. */
function waitText({ cause, opensAt }: Hold): string {
  switch (cause?.code) {
    case "change-window": {
      const { windows } = cause;
      const names = `the change ${windows.length === 1 ? "window" : "windows"} ${windows.join(", ")}`;
      if (opensAt === undefined) return `for ${names}`;
      return `until ${names} ${windows.length === 1 ? "opens" : "open"}`;
    }
    case "account-order":
      return `until account ${cause.account} is verified`;
    case "depends-on": {
      const { namespace, name } = keyParts(cause.key);
      return `until ${namespace}/${name} is in sync`;
    }
    case undefined:
      return "by itself";
  }
}

/** A plan or revision that was pending according to the audit, now or earlier. */
export interface PastHold {
  readonly subject: string;
  /** null: a revision. */
  readonly key: Key | null;
}

/** All plans and revisions that are or were pending under the name. */
export async function heldUnder(audit: AuditLog, name: string): Promise<readonly PastHold[]> {
  const found: PastHold[] = [];
  for await (const entry of audit.entries({ kind: "plan-held" }))
    if (entry.kind === "plan-held" && isNamedBy(entry.subject, name)) found.push(entry);
  for await (const entry of audit.entries({ kind: "wave-changed" }))
    if (entry.kind === "wave-changed" && entry.subject !== null && isNamedBy(entry.subject, name))
      for (const key of entry.keys) found.push({ subject: entry.subject, key });
  for await (const entry of audit.entries({ kind: "revision-held" }))
    if (entry.kind === "revision-held" && isNamedBy(entry.revision, name))
      found.push({ subject: entry.revision, key: null });
  return found;
}

/** Those with the same short name as the subject. A complete subject is unique. */
export function othersUnder(past: readonly PastHold[], subject: string, name: string): readonly PastHold[] {
  return subject === name ? [] : past.filter((other) => other.subject !== subject);
}

export function keysOf(past: readonly PastHold[]): readonly Key[] {
  return [...new Set(past.flatMap(({ key }) => key ?? []))].sort();
}

/**
 * A collision of 8 hex digits is cheap to find: the author of a manifest tries some ten thousand variants of a harmless
 * and of a harmful plan, and pushes the second one after the first was reviewed.
 */
export function sharedName(name: string): Refusal {
  return {
    code: "ambiguous",
    message: `"${name}" also names what was pending earlier: review what is pending now (grantkeeper describe approval ${name}), then use its full digest or revision (grantkeeper get approvals -o json)`,
  };
}

/** The changes that the pending approval covers, by key: exactly those that an operator reviews and approves. */
export function heldChangesOf(hold: Hold, viewOf: (key: Key) => KeyView | null): readonly HeldChange[] {
  return hold.keys.map((key) => {
    const view = viewOf(key);
    const subject = hold.parts?.get(key) ?? hold.subject;
    const actions = heldActions(view, { subject });
    return {
      key,
      actions,
      grown: coversEntirePlan(view, hold) ? (view?.plan?.grown ?? []) : [],
      changedReferences: coversEntirePlan(view, hold) ? (view?.plan?.changedReferences ?? []) : [],
      stricter: hold.code === "verdict-changed" ? (view?.stricter ?? null) : null,
      // Computed when read: a list of pending approvals needs only the actions.
      get delta() {
        return netDelta(actions.map(({ delta }) => delta));
      },
    };
  });
}

function heldActions(view: KeyView | null, { subject }: Pick<Hold, "subject">): readonly Action[] {
  if (view === null) return [];
  const { plan } = view;
  const planned = coversEntirePlan(view, { subject }) ? (plan?.actions ?? []) : [];
  const parts = (plan?.approvable ?? []).filter(({ digest }) => digest === subject);
  return [...planned, ...parts.flatMap(({ actions }) => actions)];
}

/** The pending approval covers the key's complete plan, not an approvable part of it. */
function coversEntirePlan(view: KeyView | null, { subject }: Pick<Hold, "subject">): boolean {
  return view?.verdict.kind === "hold" && view.verdict.subject === subject;
}

export function approvedActions(changes: readonly HeldChange[]): Readonly<Record<Key, readonly Digest[]>> {
  const entries = changes.map(
    (change) =>
      [change.key, change.stricter === null ? approvableDigests(change) : [change.stricter.digest]] as const,
  );
  return Object.fromEntries(entries) as Readonly<Record<Key, readonly Digest[]>>;
}

/** For the audit: functions, permissions and calls by name. */
export function coveredKeys(changes: readonly HeldChange[]): readonly CoveredKey[] {
  return changes.map(({ key, actions, grown, changedReferences, stricter, delta }) => ({
    key,
    permissions: [
      ...permissionChanges(delta, homeOf(key)).map(permissionText),
      ...grown.map((each) => `+ ${grownText(each)}`),
      ...changedReferences.map((each) => `~ ${changedReferenceText(each)}`),
    ],
    calls: actions.map(({ call, target }) => `${call} ${shortArn(target)}`),
    ...(stricter !== null && {
      refusedBy: refusingRules(stricter.findings).map((rule) => `${ruleAt(rule)}: ${whyText(rule)}`),
    }),
  }));
}
