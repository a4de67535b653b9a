import type { PermissionState } from "../model/answers/permission-state.ts";
import type { ApiObject } from "./object.ts";

/**
 * The permissions and callers of a function, in three states: declared in Git, effective in AWS according to the last
 * pass, and pending with the reason. A token with namespaces does not see the lines of a role of another owner.
 */
export interface PermissionsObject extends ApiObject<"Permissions"> {
  readonly status: PermissionState;
}
