import type { BindingObject, DriftObject } from "../../api/bindings.ts";
import type { DenialsObject } from "../../api/permissions.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";

export interface DescribedTarget {
  readonly bindings: readonly BindingObject[];
  readonly permissions: readonly PermissionState[];
  readonly drifts: readonly DriftObject[];
  /** Requests that AWS denied the functions, of the last 7 days. */
  readonly denials: readonly DenialsObject[];
  readonly events: readonly AuditEvent[];
}
