import type { ContainingDocument } from "../model/delta.ts";
import type { Origin } from "../model/values/origin.ts";

/**
 * Where Git declares a statement, by its Sid and its `structure`; null where it does not. The content counts: anyone
 * who can write a policy can give a statement any Sid.
 */
export type StatementOrigin = (sid: string | null, structure: string) => Origin | null;

/** A document of a role (or its trust, or a function's policy) and where it is attached. */
export interface AttachedDocument<From = ContainingDocument> {
  readonly from: From;
  readonly text: string;
  /** Where the statement was written, for the documents that git knows. */
  readonly origin?: StatementOrigin;
}
