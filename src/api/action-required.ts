import type { Key } from "../model/keys/key.ts";
import type { ApprovalSubject } from "../model/verdict.ts";

/** The fields of every item. Items are sorted by kind in the order of ITEM_KINDS, then by age, then by target. */
interface Item<Kind extends string> {
  readonly kind: Kind;
  /** A binding, an account, a document or a digest, in the form that people write. */
  readonly target: string;
  /** The problem, without its age: see `since`. */
  readonly message: string;
  /** The reasons, one sentence each. */
  readonly details: readonly string[];
  /** How to fix it: a command, or the change to make; null if there is no general fix. */
  readonly hint: string | null;
  /** A principal has more access than is declared. */
  readonly security: boolean;
  /** ISO 8601: the time when it began; null if it is unknown. */
  readonly since: string | null;
  /** It was found about the binding before Git changed: the next pass looks again. */
  readonly isOutdated?: true;
}

interface KeyItem<Kind extends string> extends Item<Kind> {
  readonly key: Key;
}

/** A problem that an operator or a team must fix. */
export type ActionItem =
  /** Roles of Grantkeeper made writes that are not in its record: another caller has their credentials. */
  | (Item<"unrecorded"> & { readonly accountId: string })
  /** The record does not verify, or cannot be verified. */
  | Item<"record">
  /** Principals that Git does not declare can use the function. */
  | KeyItem<"exposed">
  /** The function has more permissions than its owner could grant. */
  | KeyItem<"escalated">
  /** Another principal keeps changing back what Grantkeeper reverts. */
  | KeyItem<"contended">
  /** Git cannot be read, or its newest revision is not accepted. */
  | Item<"source">
  /**
   * The account was not read, or not completely. `keys`: the bindings, if the rest of the account was read. `accountId` is null
   * for the organization of an AccountSet.
   */
  | (Item<"unreadable"> & {
      readonly accountId: string | null;
      readonly keys: readonly Key[];
      /** Equal in accounts that fail for the same reason. Missing: only the same details are the same reason. */
      readonly cause?: string;
    })
  /** A queue of change events, or of pushes, does not answer. */
  | Item<"change-queue">
  | Item<"push-queue">
  /** Change events of a region did not arrive. */
  | (Item<"events-lost"> & { readonly accountId: string })
  /** AWS rejects a change. */
  | (Item<"unwritable"> & { readonly accountId: string; readonly keys: readonly Key[] })
  /** The receiver of an alert route does not accept its messages; `target` is the route. */
  | Item<"alerts">
  /** The last backup failed or is overdue, or its result is unknown. */
  | Item<"backup">
  /** No standby is left, or the replicas differ. */
  | Item<"replicas">
  /** The function does not run on its declared role, or the role cannot be completed. */
  | KeyItem<"no-role">
  | KeyItem<"refused">
  /** A document is not valid. `keys`: those that keep their last applied state. */
  | (Item<"broken"> & { readonly keys: readonly Key[] })
  | (Item<"approval"> & { readonly subject: ApprovalSubject })
  | (Item<"suspended"> & {
      /** The argument of `resume`. */
      readonly id: string;
      /** ISO 8601. */
      readonly until: string;
      readonly actor: string;
      readonly reason: string;
    })
  | (Item<"orphans"> & { readonly count: number });

export type ItemKind = ActionItem["kind"];

/** The most urgent first. */
export const ITEM_KINDS = [
  "unrecorded",
  "record",
  "exposed",
  "escalated",
  "contended",
  "source",
  "unreadable",
  "change-queue",
  "events-lost",
  "push-queue",
  "unwritable",
  "alerts",
  "backup",
  "replicas",
  "no-role",
  "refused",
  "broken",
  "approval",
  "suspended",
  "orphans",
] as const satisfies readonly ItemKind[];
