import type { GroupGrant } from "../../model/people/group-grant.ts";
import type { Grant } from "../access/access.ts";
import type { GrantsOf } from "../access/sessions.ts";
import { ALL_SCOPES } from "../access/tokens.ts";
import type { OidcSettings } from "./oidc-provider.ts";

const OF_LOCAL: readonly Grant[] = [{ scopes: new Set(ALL_SCOPES), namespaces: "all" }];

/**
 * What a session may do by the present operator's file: a local sign-in what the local token may do, another one what its
 * groups are granted now. A session of another provider has ended.
 */
export function sessionGrants(oidc: Pick<OidcSettings, "issuer" | "grants"> | null): GrantsOf {
  return ({ method, issuer, groups }) => {
    if (method === "local") return OF_LOCAL;
    if (oidc === null || oidc.issuer !== issuer) return null;
    return oidc.grants.filter(({ group }) => groups.includes(group)).map(grantOf);
  };
}

function grantOf({ scopes, namespaces }: GroupGrant): Grant {
  return { scopes: new Set(scopes), namespaces: namespaces.includes("*") ? "all" : new Set(namespaces) };
}
