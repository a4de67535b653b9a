import type { TokenScope } from "../../model/values/api-token.ts";
import type { Access } from "../access/access.ts";
import { ApiFailure } from "./failure.ts";

/** One of the scopes is needed. @throws ApiFailure Forbidden */
export function checkScope(access: Access, wanted: readonly TokenScope[]): void {
  if (wanted.some((scope) => access.scopes.has(scope))) return;
  throw new ApiFailure("Forbidden", `token "${access.actor}" lacks the scope ${wanted.join(" or ")}`);
}
