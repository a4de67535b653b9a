import type { Digest } from "./values/digest.ts";
import { isOfProvider, isPerson } from "./people/actor.ts";
import type { UndoOrder } from "./keys/adoption-undo.ts";
import type { Key } from "./keys/key.ts";
import type { ApprovingReview } from "./records/pull-requests/reviewed.ts";
import type { ApprovalSubject, WaitCause, WaveName } from "./verdict.ts";

/** What an operator approves: a digest or a revision, or a short form of it. */
export interface ApproveRequest {
  readonly subject: string;
  readonly reason: string;
  readonly forMs: number;
  /** It ends the wait for a change window or another function. Missing: it is only an approval, and ends no wait. */
  readonly override?: true;
  /** Of a person, in lower case, as a provider has it. Missing: those of the operator's file count. */
  readonly mail?: string;
  /** It was given by this review. Missing: by a command. */
  readonly review?: ApprovingReview;
}

export interface Approval {
  readonly subject: ApprovalSubject;
  readonly actor: string;
  /** The actor's groups in the operator's file when it was given. Records of 0.1 have none. */
  readonly groups?: readonly string[];
  /**
   * The addresses under which the actor commits: empty if none is known, missing if the operator's file did not ask
   * for another person than the authors. Records of 0.1 have none.
   */
  readonly mails?: readonly string[];
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  readonly expiresAt: string;
  /** For a plan: the action digests that it covers, by key, in order. Empty for a revision. */
  readonly actions: Readonly<Record<Key, readonly Digest[]>>;
  /** The wait that it overrides, and no other one; it is no approval for another reason. Missing: it overrides nothing. */
  readonly overrides?: WaitCause;
  /** Of a wave: it ends as soon as the wave has another subject. Missing: it is no wave. */
  readonly wave?: WaveName;
  /** It was given by this review. Missing: by a command. */
  readonly review?: ApprovingReview;
}

/** A part of a plan that an operator has approved by itself, and that is not written yet. */
export interface ApprovedPart {
  readonly digest: Digest;
  readonly by: string;
  /** ISO 8601: the end of the approval. */
  readonly until: string;
}

/** null: no one has approved the part. */
export function approvalOfPart(
  { digest }: Pick<ApprovedPart, "digest">,
  approved: readonly ApprovedPart[],
): ApprovedPart | null {
  return approved.find((one) => one.digest === digest) ?? null;
}

/** An operator refused a plan or a revision. It ends when the plan changes, or with a later approval. */
export interface Rejection {
  readonly subject: ApprovalSubject;
  /** null for a revision. */
  readonly accountId: string | null;
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The scope of a suspension: a null member covers all values. */
export interface SuspensionScope {
  readonly accountId: string | null;
  readonly namespace: string | null;
  readonly key: Key | null;
}

export interface Suspension {
  readonly id: string;
  readonly scope: SuspensionScope;
  readonly reason: string;
  readonly actor: string;
  readonly at: string;
  /** Ends by itself; ISO 8601. */
  readonly until: string;
  /** Of one key: the undo of its adoption, whose calls are made in spite of the suspension. Missing: none. */
  readonly undo?: UndoOrder;
}

/** Who approves a change. */
export interface Approver {
  readonly actor: string;
  /**
   * The addresses under which the actor commits: empty if none is known; null: the operator's file has no address and
   * no group with people of a provider, and does not ask for another person.
   */
  readonly mails: readonly string[] | null;
}

/** Who made what an approval is about. */
interface MadeBy {
  readonly authors: readonly string[];
  /** Why further authors are unknown; null: there are none. */
  readonly unlistedAuthors: string | null;
}

/** Why a person may not approve a change. */
export type AuthorConflict =
  | { readonly kind: "author"; readonly mail: string }
  /** The authors are not all known, and neither is the person: they may be the same. */
  | { readonly kind: "unidentified"; readonly reason: string }
  /** The authors are known, but the provider sends no verified address of the person to compare with theirs. */
  | { readonly kind: "no-address" };

/**
 * A change that a profile wants approved needs another person than its authors. The operator decides which tokens
 * have addresses; a person of a provider must have one.
 */
export function authorConflict(
  { actor, mails }: Approver,
  { authors, unlistedAuthors: reason }: MadeBy,
): AuthorConflict | null {
  if (mails === null) return null;
  const mail = mails.find((one) => authors.includes(one));
  if (mail !== undefined) return { kind: "author", mail };
  // A list that was cut keeps the addresses of the operator's file alone: a person of a provider may be missing in it.
  if (reason !== null && (mails.length === 0 || isPerson(actor))) return { kind: "unidentified", reason };
  const isCompared = mails.length > 0 || authors.length === 0 || !isOfProvider(actor);
  return isCompared ? null : { kind: "no-address" };
}
