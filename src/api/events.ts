import type { Json } from "../model/values/json.ts";
import type { ApiObject } from "./object.ts";

/** An entry of the audit; the fields beside these depend on `kind`, as the record has them. */
export interface AuditEvent {
  readonly seq: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string;
  /** `write-intended`, `drift-found`, `approved` … */
  readonly kind: string;
  readonly [field: string]: Json;
}

/** The record, newest first. A token with namespaces sees the entries of its own keys. Its name is `seq`. */
export interface EventObject extends ApiObject<"Event"> {
  readonly event: AuditEvent;
}
