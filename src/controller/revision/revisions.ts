import { authorConflict, type Approval } from "../../model/approval.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { parseRevision, shortRevision, type Revision } from "../../model/values/revision.ts";
import type { SourceVerified, Verification } from "../../model/verification.ts";
import { authorsOfChange, unlistedAuthors, type ChangeAuthors } from "../../model/authors.ts";
import type { Commit, ProvedSigner, Snapshot } from "../../model/snapshot.ts";
import type { Relation, RevisionStep, Source, SourceAnswer, SourceError } from "../ports/source.ts";
import { ok } from "../../model/values/result.ts";
import { pinInForce, type SourcePin } from "../../model/keys/source-pin.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

/** Needs an approval; the accepted revision stays. */
interface HeldStep {
  readonly kind: "held";
  readonly revision: Revision;
  readonly reason: string;
  /** That it adds to the accepted revision, newest first. */
  readonly commits: readonly Commit[];
  /** Of the accepted revision that it lacks; missing: none is known. */
  readonly dropped?: readonly Commit[];
  readonly authors: ChangeAuthors;
  readonly verified: SourceVerified | null;
}

/** The effect of a fetch on the enforced revision. `verified`: null if no signature is needed. */
export type FetchResult =
  /** Nothing new. */
  | { readonly kind: "same"; readonly verified: SourceVerified | null }
  /** Must be compiled and, unless it is empty, enforced. */
  | {
      readonly kind: "new";
      readonly snapshot: Snapshot;
      readonly commits: readonly Commit[];
      /** Of what differs from the accepted revision. */
      readonly authors: ChangeAuthors;
      readonly verified: SourceVerified | null;
      /** Of the commits that were verified; empty if none was. */
      readonly signers: readonly ProvedSigner[];
      /** It is in force because of a rollback; missing: it is the newest one. */
      readonly pin?: SourcePin;
    }
  /** A rollback keeps an older revision in force: nothing of the newest one is applied. */
  | {
      readonly kind: "pinned";
      readonly pin: SourcePin;
      readonly newest: Revision;
      /** That it adds to the revision in force, newest first; empty if it is held. */
      readonly commits: readonly Commit[];
      /** What would be held without the rollback is held now; null: it would not be. */
      readonly held: HeldStep | null;
      readonly verified: SourceVerified | null;
    }
  | HeldStep
  /** Nothing could be read; the accepted revision stays. */
  | { readonly kind: "failed"; readonly error: SourceError };

const HELD_RELATIONS = {
  moved: (other) => `has the version of ${other} and another commit (moved tag)`,
  older: (other) => `is older than ${other} (the branch was moved back)`,
  rewritten: (other) => `does not contain ${other} (force-push)`,
} as const satisfies Partial<Record<Relation, (other: string) => string>>;

const NOT_COMPARED: RevisionStep = {
  relation: "first",
  commits: [],
  authors: { kind: "unknown", reason: "the revision has no files" },
};

interface FetchContext {
  readonly record: SourceRecord | null;
  readonly approvals: readonly Approval[];
  /** Of the store. */
  readonly nowMs: number;
}

/**
 * Fetches the newest snapshot and relates it to the accepted one. Force-push, rollback and commits without the wanted
 * signatures need an approval of that revision.
 */
export async function fetchRevision(
  source: Source,
  context: FetchContext,
  signal: AbortSignal,
): Promise<FetchResult> {
  const latest = await source.latest(signal);
  if (latest.kind === "err") return { kind: "failed", error: latest.error };
  const snapshot = latest.value;
  const found = await decidedLatest(snapshot, source, { ...context, signal });
  const pin = pinInForce(context.record, context.nowMs);
  if (pin === null || found.kind === "failed") return found;
  const held = found.kind === "held" ? found : null;
  const verified = (held ?? context.record)?.verified ?? null;
  const commits = found.kind === "new" ? found.commits : [];
  return { kind: "pinned", pin, newest: snapshot.revision, commits, held, verified };
}

/** As without a rollback. */
async function decidedLatest(
  snapshot: Snapshot,
  source: Source,
  { signal, ...context }: FetchContext & { readonly signal: AbortSignal },
): Promise<Exclude<FetchResult, { readonly kind: "pinned" }>> {
  const accepted = context.record?.acceptedRevision ?? null;
  const before = beforeRollback(context.record);
  const verification = await verificationOf(snapshot, source, { ...context, signal });
  if (verification.kind === "err") return { kind: "failed", error: verification.error };
  if (accepted === snapshot.revision && (before ?? accepted) === accepted)
    return { kind: "same", verified: recorded(verification.value, context) };
  // No approval helps for an empty snapshot: the compiler step refuses it.
  const isEmpty = snapshot.files.length === 0;
  const step = isEmpty ? ok(NOT_COMPARED) : await source.compare(accepted, snapshot.revision, signal);
  if (step.kind === "err") return { kind: "failed", error: step.error };
  const own = { ...step.value, isBeforeRollback: false };
  const decisive = isEmpty ? ok(own) : await decisiveStep(own, { before, snapshot }, { source, signal });
  if (decisive.kind === "err") return { kind: "failed", error: decisive.error };
  const fetched = { snapshot, step: own, decisive: decisive.value, verification: verification.value };
  return decided(fetched, context);
}

/** What was in force before a rollback, until the newest revision is accepted; null: there was no rollback. */
export function beforeRollback(record: SourceRecord | null): Revision | null {
  return (record?.pin ?? record?.pastPin)?.from ?? null;
}

/** A force-push that drops what a rollback put out of force is a step forward from the older revision only. */
async function decisiveStep(
  own: DecisiveStep,
  { before, snapshot }: { readonly before: Revision | null; readonly snapshot: Snapshot },
  { source, signal }: { readonly source: Source; readonly signal: AbortSignal },
): SourceAnswer<DecisiveStep> {
  if (before === null || before === snapshot.revision) return ok(own);
  const step = await source.compare(before, snapshot.revision, signal);
  if (step.kind === "err") return step;
  return ok(isHeldRelation(step.value.relation) ? { ...step.value, isBeforeRollback: true } : own);
}

function isHeldRelation(relation: Relation): relation is keyof typeof HELD_RELATIONS {
  return Object.hasOwn(HELD_RELATIONS, relation);
}

function verificationOf(
  { revision }: Snapshot,
  source: Source,
  { record, approvals, signal }: FetchContext & { readonly signal: AbortSignal },
): SourceAnswer<Verification> {
  const others = approvals.flatMap(({ subject }) => parseRevision(subject) ?? []);
  // Two sources may be in one repository: an approval for one of them proves nothing for the other.
  const approved = others.filter((other) => other !== revision && prefixOf(other) === prefixOf(revision));
  // What was in force before a rollback was verified then.
  const from = beforeRollback(record) ?? record?.acceptedRevision ?? null;
  return source.verify({ from, approved, to: revision }, signal);
}

interface DecisiveStep extends RevisionStep {
  /** It begins at the revision from before a rollback, not at the accepted one. */
  readonly isBeforeRollback: boolean;
}

interface FetchedStep {
  readonly snapshot: Snapshot;
  /** From the accepted revision. */
  readonly step: RevisionStep;
  /** Whether it is held. */
  readonly decisive: DecisiveStep;
  readonly verification: Verification;
}

function decided(
  { snapshot, step, decisive, verification }: FetchedStep,
  { approvals }: FetchContext,
): Extract<FetchResult, { readonly kind: "new" | "held" }> {
  const { revision } = snapshot;
  const { relation, commits, dropped, authors, isBeforeRollback } = decisive;
  const other = isBeforeRollback ? "the revision from before the rollback" : "the accepted revision";
  const approval = approvals.find((one) => one.subject === revision && !isOfAuthor(one, authors));
  const why = [
    ...(isHeldRelation(relation) ? [HELD_RELATIONS[relation](other)] : []),
    ...(verification.kind === "unverified" ? [`is not verified: ${verification.message}`] : []),
  ];
  const isHeld = why.length > 0 && approval === undefined && snapshot.files.length > 0;
  if (!isHeld) {
    const signers = verification.kind === "verified" ? verification.signers : [];
    return {
      kind: "new",
      snapshot,
      commits: step.commits,
      authors: step.authors,
      verified: conditionOf(verification, approval),
      signers,
    };
  }
  return {
    kind: "held",
    revision,
    reason: `${shortRevision(revision)} ${why.join(", and ")}`,
    commits,
    ...(dropped !== undefined && { dropped }),
    authors,
    verified: conditionOf(verification, undefined),
  };
}

/** An earlier version let authors approve their own revision, and its approvals may still count. */
function isOfAuthor({ actor, mails }: Approval, change: ChangeAuthors): boolean {
  const made = authorsOfChange(change);
  const authors = { authors: made.people, unlistedAuthors: unlistedAuthors(made) };
  return authorConflict({ actor, mails: mails ?? null }, authors) !== null;
}

/** The accepted revision keeps what was found when it was accepted: keys may have changed since. */
function recorded(verification: Verification, { record }: FetchContext): SourceVerified | null {
  return verification.kind === "not-required" ? null : (record?.verified ?? BEFORE_SIGNATURES);
}

const BEFORE_SIGNATURES: SourceVerified = {
  status: "Unknown",
  reason: "BeforeSignatures",
  message: "the revision was accepted before signatures were verified; the commits after it are",
  fix: null,
};

function conditionOf(verification: Verification, approval: Approval | undefined): SourceVerified | null {
  if (verification.kind === "not-required") return null;
  const { kind, message } = verification;
  if (kind === "verified") return { status: "True", reason: "SignaturesVerified", message, fix: null };
  if (approval === undefined)
    return { status: "False", reason: verification.reason, message, fix: verification.fix };
  const approved = `approved by ${approval.actor}: ${message}`;
  return { status: "False", reason: "ApprovedByOperator", message: approved, fix: null };
}
