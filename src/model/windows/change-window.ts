import { digestOf } from "../values/digest.ts";
import { formatOrigin, type Origin } from "../values/origin.ts";

/** In the order of a week that begins on Sunday, as `Date.getUTCDay` counts. */
export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** How long a change that has begun may go on after its window has closed, unless the window has another overrun. */
export const DEFAULT_OVERRUN_MS = 600_000;

/** The functions and policies whose changes a window holds back: `accounts` and `namespaces` must both match. */
export interface WindowScope {
  /** Names of accounts; null: all. */
  readonly accounts: readonly string[] | null;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
}

/** When a window opens on a day of the week, in the local time of its zone. */
interface Opening {
  readonly day: Weekday;
  /** Minutes after midnight. */
  readonly atMinute: number;
  readonly lengthMs: number;
}

export interface Schedule {
  /** A name of the IANA time zone database. */
  readonly zone: string;
  /** Empty: the window limits no times, and only orders accounts. */
  readonly openings: readonly Opening[];
  readonly overrunMs: number;
}

/** The accounts whose functions and policies must match Git for some time before the changes of a window are written. */
interface EarlierAccounts {
  /** Names; at least one. */
  readonly accounts: readonly string[];
  readonly verifiedForMs: number;
}

/** A ChangeWindow of an earlier revision: what it applied to. */
export interface KnownWindow {
  readonly name: string;
  readonly scope: WindowScope;
}

/** A ChangeWindow of the platform. */
export interface DesiredWindow {
  /** null: it can't be read. */
  readonly name: string | null;
  readonly scope: WindowScope;
  /** null: it has an error, or may be in a document that can't be read. What it applies to stays closed. */
  readonly schedule: Schedule | null;
  /** Missing: it orders no accounts. */
  readonly after?: EarlierAccounts;
  readonly origin: Origin;
}

/**
 * Of a window that can't be read, a name of its place: it is the same for everyone who asks, and no window can be named so,
 * since names have no underscore.
 */
export function windowName({ name, origin }: Pick<DesiredWindow, "name" | "origin">): string {
  return name ?? `unreadable_${digestOf(formatOrigin(origin)).slice("sha256:".length, "sha256:".length + 8)}`;
}

export function isInScope(
  { accounts, namespaces }: WindowScope,
  { account, namespace }: { readonly account: string; readonly namespace: string },
): boolean {
  return (
    (accounts === null || accounts.includes(account)) &&
    (namespaces === null || namespaces.includes(namespace))
  );
}
