import type { ReportedDenial } from "../model/denials/reported-denial.ts";
import type { Key } from "../model/keys/key.ts";
import type { PermissionState } from "../model/answers/permission-state.ts";
import type { ApiObject } from "./object.ts";

/**
 * The permissions and callers of a function, in three states: declared in Git, effective in AWS according to the last
 * pass, and pending with the reason. A token with namespaces does not see the lines of a role of another owner.
 */
export interface PermissionsObject extends ApiObject<"Permissions"> {
  readonly status: PermissionState;
}

/** A kind of request that AWS denied the function. `firstAt`, `lastAt`: ISO 8601. */
interface ShownDenial {
  /** Without the caller, which is the function; of several objects of a bucket the first one. */
  readonly reported: ReportedDenial;
  readonly calls: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** Other objects of the same bucket were denied too. */
  readonly hasOtherObjects: boolean;
}

/** The denied requests of a function that change events showed in the last 7 days. */
export interface DenialsObject extends ApiObject<"Denials"> {
  readonly status: {
    readonly key: Key;
    readonly account: string;
    /** The most frequent first. */
    readonly requests: readonly ShownDenial[];
    /** Denied calls of further kinds, which are only counted. */
    readonly otherCalls: number;
  };
}
