import type { TokenScope } from "../values/api-token.ts";

/** What the members of a group of the provider may do, and where. */
export interface GroupGrant {
  /** As the provider writes it: a name or an id. */
  readonly group: string;
  readonly scopes: readonly TokenScope[];
  /** `*` for all. */
  readonly namespaces: readonly string[];
}
