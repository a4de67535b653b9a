import type { Key } from "../model/keys/key.ts";
import type { ApprovalSubject } from "../model/verdict.ts";

/** What every item has. Items are sorted by kind in the order of `ItemKind`, then by age, then by target. */
interface Item<Kind extends string> {
  readonly kind: Kind;
  /** A binding, an account, a document, a digest …, as people write it. */
  readonly target: string;
  /** What is the case, without how long: that is `since`. */
  readonly message: string;
  /** Why, a sentence each. */
  readonly details: readonly string[];
  /** What to do: a command, or what to change; null if nothing general can be said. */
  readonly hint: string | null;
  /** Someone has more access than is declared. */
  readonly security: boolean;
  /** ISO 8601: since when; null if it is not known. */
  readonly since: string | null;
}

interface KeyItem<Kind extends string> extends Item<Kind> {
  readonly key: Key;
}

/** Something that an operator or a team must do. */
export type ActionItem =
  /** The function is open to strangers. */
  | KeyItem<"exposed">
  /** The function's role has more permissions than its owner could grant. */
  | KeyItem<"escalated">
  /** Someone keeps changing what Grantkeeper reverts. */
  | KeyItem<"contended">
  /** Git cannot be read, or its newest revision is not accepted. */
  | Item<"source">
  /** Nothing is known of the account, or not all of it; `keys` are the bindings, if it is not the account as a whole. */
  | (Item<"unreadable"> & { readonly accountId: string; readonly keys: readonly Key[] })
  /** AWS does not take a change. */
  | (Item<"unwritable"> & { readonly accountId: string; readonly keys: readonly Key[] })
  /** The function does not run on its declared role, or the role cannot be completed. */
  | KeyItem<"no-role">
  | KeyItem<"refused">
  /** A document is not valid. `keys` are those that keep their last applied state. */
  | (Item<"broken"> & { readonly keys: readonly Key[] })
  | (Item<"approval"> & { readonly subject: ApprovalSubject })
  | (Item<"suspended"> & {
      /** What `resume` takes. */
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
  "exposed",
  "escalated",
  "contended",
  "source",
  "unreadable",
  "unwritable",
  "no-role",
  "refused",
  "broken",
  "approval",
  "suspended",
  "orphans",
] as const satisfies readonly ItemKind[];
