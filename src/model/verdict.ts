import type { Digest } from "./values/digest.ts";
import type { Finding } from "./finding.ts";
import type { Revision } from "./values/revision.ts";

/** The argument of `approve`: a plan's digest (of a key or of a set) or a held revision. */
export type ApprovalSubject = Digest | Revision;

/** A wave within its account. */
export interface WaveName {
  readonly namespace: string;
  /** From 1. */
  readonly number: number;
}

export type HoldCode =
  | "first-enforcing-pass"
  | "lost-database"
  | "first-claim"
  | "take-over"
  | "catalogue-changed"
  | "profiles-changed"
  | "reference-changed"
  | "limit-deletes"
  | "limit-changes"
  | "profile-approval"
  | "needs-approval"
  /** It needs no approval: it waits until the window opens, unless a person overrides the window. */
  | "change-window"
  /** It needs no approval: it waits until every function that it depends on is in sync, unless a person overrides that. */
  | "depends-on"
  /** The functions that one approval moves to their declared roles. */
  | "wave"
  /** The switch of one function that a wave has or will have, for those who approve it by itself. */
  | "wave-member"
  | "verdict-changed";

/** What holds a change back without an answer of a person: it is written as soon as the cause has ended. */
export type WaitingCode = Extract<HoldCode, "change-window" | "depends-on">;

const WAITING: ReadonlySet<string> = new Set<WaitingCode>(["change-window", "depends-on"]);

export function waitsByItself(code: HoldCode | "revision"): code is WaitingCode {
  return WAITING.has(code);
}

/** What holds the changes of a function or policy from Git back now. */
export interface HeldBack {
  readonly code: WaitingCode;
  /** As a clause after `waits for`. */
  readonly reason: string;
}

/** A verdict on an applied state that an upgrade made stricter, and that takes effect when an operator approves it. */
export interface StricterVerdict {
  /** What an approval covers: the key and the findings. */
  readonly digest: Digest;
  /** Those that would refuse the state. */
  readonly findings: readonly Finding[];
  /** What became stricter, such as `profile production (main@9c1d04e)`; sorted. */
  readonly by: readonly string[];
  /** Since when a stricter verdict on the state is pending; its findings may have changed since. */
  readonly sinceMs: number;
}

export type Verdict =
  /** `until`: ISO 8601, the end of the approval or window without which the plan is held; missing: it needs none. */
  | { readonly kind: "allow"; readonly until?: string }
  | {
      readonly kind: "hold";
      readonly code: HoldCode;
      readonly reason: string;
      readonly subject: Digest;
      /** Only of a first enforcing pass: who must approve its new access, the end of `reason`; missing: there is none. */
      readonly newAccess?: string;
      /** Only of `change-window`: when it opens (ISO 8601); missing: not before a manifest is corrected, or another account is verified. */
      readonly opensAt?: string;
      /** Only of `profile-approval`: the group that must approve; missing: everyone who may approve. */
      readonly group?: string;
      /** Of `profile-approval`, `change-window` and `depends-on`: addresses of the change's authors, who may not approve it; missing: none is known. */
      readonly authors?: readonly string[];
      /** Of `profile-approval`, `change-window` and `depends-on`: why further authors are unknown; missing: there are none. */
      readonly unlistedAuthors?: string;
      /** Only of `profile-approval`: the approval also covers what no pull request shows, such as changed values or a role that is taken over. */
      readonly coversUnseen?: true;
    }
  | { readonly kind: "refuse"; readonly reason: string; readonly findings: readonly Finding[] };
