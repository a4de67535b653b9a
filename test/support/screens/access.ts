import { accessFor, type Access, type Grant } from "../../../src/http/access/access.ts";
import type { TokenScope } from "../../../src/model/values/api-token.ts";

/** What a request sees whose token has one grant, by the first of its scopes. */
export function accessOf(
  actor: string,
  namespaces: Grant["namespaces"],
  scopes: readonly [TokenScope, ...TokenScope[]] = ["read"],
): Access {
  const grants = [{ scopes: new Set(scopes), namespaces }];
  const access = accessFor({ actor, grants, provedMs: null, mail: null, endsMs: Infinity }, [scopes[0]]);
  if (access === null) throw new Error("a grant with a scope has an access for it");
  return access;
}
