import type { Key } from "../model/keys/key.ts";
import type { ApiObject } from "./object.ts";

/** Changes from Git that a change window holds back. */
export interface WaitingChanges {
  /** The pending approval, as `grantkeeper describe approval` takes it. */
  readonly subject: string;
  /** When it opens, or which account is not verified yet and why. */
  readonly reason: string;
  /** ISO 8601 */
  readonly since: string;
  /** Sorted. */
  readonly keys: readonly Key[];
}

/**
 * A ChangeWindow of the platform, as the accepted revision declares it. A token with namespaces sees those that apply to them, and its
 * own changes alone.
 */
export interface ChangeWindowObject extends ApiObject<"ChangeWindow"> {
  readonly spec: {
    /** Names of accounts; null: all. */
    readonly accounts: readonly string[] | null;
    /** null: all. */
    readonly namespaces: readonly string[] | null;
    /** A name of the IANA database; null: it limits no times, or cannot be used. */
    readonly zone: string | null;
    /** The accounts that come before, and how long they must be verified; null: it orders no accounts. */
    readonly after: { readonly accounts: readonly string[]; readonly verifiedForSeconds: number } | null;
  };
  readonly status: {
    /** By its own times alone. `any-time`: it limits no times, and only orders accounts. `unusable`: it has an error, and stays closed. */
    readonly state: "open" | "closed" | "any-time" | "unusable";
    /** ISO 8601: when it closes if it is open, or opens if it is closed; null: it limits no times, or cannot be used. */
    readonly until: string | null;
    /** The same in its zone, such as `09:30 Europe/Berlin`; null: the zone is UTC, or there is no such time. */
    readonly untilInZone: string | null;
    /** `FILE:LINE:COLUMN` */
    readonly place: string;
    /** Everything in its scope that waits for a change window now; sorted by subject. */
    readonly waiting: readonly WaitingChanges[];
  };
}
