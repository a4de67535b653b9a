import type { UnrecordedWrite } from "./unrecorded-write.ts";

/** Writes by roles of Grantkeeper that are not in its record: one incident for each account. */
export type UnrecordedAlert =
  | {
      readonly kind: "unrecorded-writes";
      readonly incident: string;
      readonly account: string;
      /** Those of the last days. */
      readonly count: number;
      /** ISO 8601: of the first of them. */
      readonly since: string;
      /** The last ones, the newest first. */
      readonly writes: readonly UnrecordedWrite[];
      /** The last audit entry about them: the same for the same writes. */
      readonly entry: number;
    }
  /** No further one was found for days. */
  | { readonly kind: "unrecorded-writes-ended"; readonly incident: string; readonly account: string };
