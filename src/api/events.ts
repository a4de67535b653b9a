import type { Json } from "../model/values/json.ts";
import type { ApiObject } from "./object.ts";

/** An entry of the audit. The other fields depend on `kind`, and are as in the record. */
export interface AuditEvent {
  readonly seq: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string;
  /** `write-intended`, `drift-found`, `approved` … */
  readonly kind: string;
  readonly [field: string]: Json;
}

/** An entry of the record; its name is `seq`. Lists are newest first. A token with namespaces sees the entries of its own keys. */
export interface EventObject extends ApiObject<"Event"> {
  readonly event: AuditEvent;
  /** `false`: the controller could not verify the entry when it answered, so that it may not be what was written. Missing: nothing is known against it. */
  readonly verified?: false;
}
