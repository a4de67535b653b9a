import type { SessionRecord } from "../../model/people/session-record.ts";
import type { Grant } from "../access/access.ts";
import { ALL_SCOPES } from "../access/tokens.ts";

/** A local sign-in may do what the local token may do. null: the configuration has no such sign-in any more. */
export function sessionGrants({ method }: SessionRecord): readonly Grant[] | null {
  return method === "local" ? [{ scopes: new Set(ALL_SCOPES), namespaces: "all" }] : null;
}
