import type { Key } from "../keys/key.ts";
import type { Digest } from "../values/digest.ts";
import type { Commit } from "../snapshot.ts";
import type { Rejection } from "../approval.ts";
import {
  waitsByItself,
  type ApprovalSubject,
  type HoldCode,
  type WaitCause,
  type WaveName,
} from "../verdict.ts";

/** A pending approval. */
export interface Hold {
  readonly subject: ApprovalSubject;
  /** `revision`: a held revision of the source. */
  readonly code: HoldCode | "revision";
  readonly reason: string;
  /** Of a first enforcing pass: who must approve its new access, the end of `reason`; missing: there is none. */
  readonly newAccess?: string;
  /** Of a plan that waits by itself: what it waits for; missing: it awaits an approval. */
  readonly cause?: WaitCause;
  /** Of `change-window`: when it opens (ISO 8601); missing: not before a manifest is corrected. */
  readonly opensAt?: string;
  /** The group that must approve; missing: everyone who may approve. */
  readonly group?: string;
  /** Addresses of the authors, who may not approve it; missing: none is known, or an author may approve it. */
  readonly authors?: readonly string[];
  /** Why further authors are unknown; missing: there are none, or an author may approve it. */
  readonly unlistedAuthors?: string;
  /** It also covers what no pull request shows, such as changed values; missing: it does not, or is no approval of a profile. */
  readonly coversUnseen?: true;
  readonly account: string | null;
  readonly keys: readonly Key[];
  /** The number of calls. */
  readonly actions: number;
  /** Of a held revision: those that it adds to the accepted one, newest first, at most 100; missing: it is a plan. */
  readonly commits?: readonly Commit[];
  /** Of a held revision: those of the accepted one that it lacks, newest first, at most 100; missing: none is known. */
  readonly dropped?: readonly Commit[];
  /** Of a wave: which one it is. Of the switch of one function that waves move: the wave that has it, or the next one. */
  readonly wave?: WaveName;
  /** Of a wave: by key, the digest of the switch that it covers. */
  readonly parts?: ReadonlyMap<Key, Digest>;
  /** When this plan or revision was first held. */
  readonly sinceMs: number;
}

/** Changes of a pending approval that a closed change window or another function holds back after it. */
export interface WindowAfterApproval {
  /** As a clause after `wait for`, as the last pass found it. */
  readonly reason: string;
  /** Sorted. A token with namespaces sees its own. */
  readonly keys: readonly Key[];
  /** The wait does not end before (ISO 8601); missing: it is not known when it can. */
  readonly earliestAt?: string;
}

/** The text about a pending approval whose target Git has changed since. A stricter verdict has no plan. */
export function outdatedText(code: Hold["code"]): string {
  return `${code === "verdict-changed" ? "judged" : "planned"} before Git changed`;
}

/** Those that await an answer about a plan. The switch of one function comes last: the wave that has it is to be approved. */
export function holdsOfPlans(holds: readonly Hold[]): readonly Hold[] {
  // Of a stricter verdict no plan is held: the function keeps its verdict. What waits by itself needs no answer.
  return holds
    .filter(({ code }) => code !== "verdict-changed" && !waitsByItself(code))
    .toSorted((a, b) => Number(a.code === "wave-member") - Number(b.code === "wave-member"));
}

/** The keys of which each pending approval is rejected. */
export function rejectionsByKey(
  holds: readonly Hold[],
  rejections: readonly Rejection[],
): ReadonlyMap<Key, Rejection> {
  if (rejections.length === 0) return new Map();
  const bySubject = new Map<string, Rejection>(rejections.map((one) => [one.subject, one]));
  const answers = new Map<Key, Rejection | null>();
  for (const { subject, keys } of holds) {
    const rejection = bySubject.get(subject) ?? null;
    for (const key of keys) answers.set(key, answers.get(key) === null ? null : rejection);
  }
  return new Map([...answers].flatMap(([key, answer]) => (answer === null ? [] : [[key, answer]])));
}
