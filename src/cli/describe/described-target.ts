import type { BindingObject, DriftObject } from "../../api/bindings.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";

export interface DescribedTarget {
  readonly bindings: readonly BindingObject[];
  readonly permissions: readonly PermissionState[];
  readonly drifts: readonly DriftObject[];
  readonly events: readonly AuditEvent[];
}
