import type { Mistake } from "../../model/diagnostic.ts";
import { shown } from "./field.ts";

/** Where roles are created. */
export const ROLES_PATH = "/grantkeeper/";
/** Roles of AWS services, and those of Grantkeeper itself: nothing of them is ever written. */
const RESERVED_PATHS = ["/aws-service-role/", "/grantkeeper-system/", "/grantkeeper-boundary/"] as const;

/** Why a function's role can't have the path; null: it can. Only a role that is taken over in place may be elsewhere. */
export function rolePathProblem(path: string, adopt: "never" | "reviewed"): Mistake | null {
  const reserved = reservedPath(path);
  if (reserved !== undefined)
    return {
      message: `a role below ${reserved} can't be the role of a manifest`,
      fix: `write it like ${ROLES_PATH}orders/`,
    };
  const isBelow = path.startsWith(ROLES_PATH);
  if (isBelow && adopt === "reviewed")
    return {
      message: `adopt: reviewed takes over a role that others made, and roles below ${ROLES_PATH} are Grantkeeper's`,
      fix: "remove adopt, or write the path of the role as it is in AWS",
    };
  if (isBelow || adopt === "reviewed") return null;
  const message = `${shown(path)} is not below ${ROLES_PATH}`;
  return {
    message,
    fix: `write it like ${ROLES_PATH}orders/, or adopt: reviewed to take over a role that exists`,
  };
}

export function reservedPath(path: string): string | undefined {
  return RESERVED_PATHS.find((reserved) => path.startsWith(reserved));
}
