/** The record is broken, or is not proved; one incident until it verifies again. */
export type RecordAlert =
  | {
      readonly kind: "record-broken";
      /** Why people should not rely on the record, in one phrase. */
      readonly problem: string;
      readonly reason: string;
      /** The first entry that may not be what was written. */
      readonly unverifiedFrom: number;
    }
  | { readonly kind: "record-verified" };
