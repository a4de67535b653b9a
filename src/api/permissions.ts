import type { PermissionState } from "../model/answers/permission-state.ts";
import type { ApiObject } from "./object.ts";

/**
 * What a function may do and who may call it, in three states: declared in Git, effective in AWS as the last pass read
 * it, and pending with the reason. For a token with namespaces the lines of a role of another owner are left out.
 */
export interface PermissionsObject extends ApiObject<"Permissions"> {
  readonly status: PermissionState;
}
