import type { Region } from "../../model/aws/ids.ts";
import type { Identity } from "../calls/calls.ts";

export interface DoctorCheck {
  readonly identity: Identity;
  /** Null if the check does not depend on a region. */
  readonly region: Region | null;
  /** The call, or another subject of the check. */
  readonly what: string;
  readonly outcome: "passed" | "warning" | "failed" | "not-checked";
  /** Why it did not pass, and how to fix it. */
  readonly detail: string | null;
}
