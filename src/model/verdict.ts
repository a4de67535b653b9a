import type { Digest } from "./values/digest.ts";
import type { Finding } from "./finding.ts";
import type { Key } from "./keys/key.ts";
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
  /** It needs no approval: it waits until the accounts that come first are verified, unless a person overrides that. */
  | "account-order"
  /** It needs no approval: it waits until every function that it depends on is in sync, unless a person overrides that. */
  | "depends-on"
  /** The functions that one approval moves to their declared roles. */
  | "wave"
  /** The switch of one function that a wave has or will have, for those who approve it by itself. */
  | "wave-member"
  | "verdict-changed";

/** What holds a change back without an answer of a person: it is written as soon as the cause has ended. */
export type WaitingCode = Extract<HoldCode, "change-window" | "account-order" | "depends-on">;

const WAITING: ReadonlySet<string> = new Set<WaitingCode>(["change-window", "account-order", "depends-on"]);

export function waitsByItself(code: HoldCode | "revision"): code is WaitingCode {
  return WAITING.has(code);
}

/** What a change waits for, and all that one override of it ends. */
export type WaitCause =
  /** Those that are closed, by their times or because of an error; sorted. */
  | { readonly code: "change-window"; readonly windows: readonly string[] }
  /** The account that comes first, and the windows that put it first and do not count it as verified; sorted. */
  | { readonly code: "account-order"; readonly account: string; readonly windows: readonly string[] }
  /** The function that comes first. */
  | { readonly code: "depends-on"; readonly key: Key };

/** An override of more windows also ends the wait for fewer of them. */
export function isOverriddenBy(cause: WaitCause, overridden: WaitCause): boolean {
  const areAll = (some: readonly string[], all: readonly string[]): boolean =>
    some.every((one) => all.includes(one));
  switch (cause.code) {
    case "change-window":
      return overridden.code === cause.code && areAll(cause.windows, overridden.windows);
    case "account-order":
      return (
        overridden.code === cause.code &&
        overridden.account === cause.account &&
        areAll(cause.windows, overridden.windows)
      );
    case "depends-on":
      return overridden.code === cause.code && overridden.key === cause.key;
  }
}

/** What holds the changes of a function or policy from Git back now. */
export interface HeldBack {
  readonly code: WaitingCode;
  /** As a clause after `waits for`. */
  readonly reason: string;
  /** The wait does not end before (ISO 8601); missing: it is not known when it can. */
  readonly earliestAt?: string;
  /** The function that comes first; missing: it waits for something else. */
  readonly dependsOn?: Key;
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
      /** Only of a plan that waits by itself: what it waits for; an override covers nothing else. */
      readonly cause?: WaitCause;
      /** Only of a first enforcing pass: who must approve its new access, the end of `reason`; missing: there is none. */
      readonly newAccess?: string;
      /** Only of `change-window`: when it opens (ISO 8601); missing: not before a manifest is corrected. */
      readonly opensAt?: string;
      /** Only of `profile-approval`: the group that must approve; missing: everyone who may approve. */
      readonly group?: string;
      /** Of `profile-approval` and of a plan that waits by itself: addresses of the change's authors, who may not approve it; missing: none is known. */
      readonly authors?: readonly string[];
      /** Of `profile-approval` and of a plan that waits by itself: why further authors are unknown; missing: there are none. */
      readonly unlistedAuthors?: string;
      /** Only of `profile-approval`: the approval also covers what no pull request shows, such as changed values or a role that is taken over. */
      readonly coversUnseen?: true;
    }
  | { readonly kind: "refuse"; readonly reason: string; readonly findings: readonly Finding[] };
