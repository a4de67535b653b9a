import { keyParts, type Key } from "../../model/keys/key.ts";
import { isPerson } from "../../model/people/actor.ts";
import type { TokenScope } from "../../model/values/api-token.ts";

/** What may be done, and where. */
export interface Grant {
  readonly scopes: ReadonlySet<TokenScope>;
  readonly namespaces: "all" | ReadonlySet<string>;
}

/**
 * Who makes a request, by a token or a session. It has no namespaces of its own: "read everything" and "approve orders"
 * together must not become "approve everything", so they depend on the scope that a request needs.
 */
export interface ApiCaller {
  /** The token's name, or the person: the actor in the audit. */
  readonly actor: string;
  readonly grants: readonly Grant[];
  /** When the person proved their identity, 0 if that is not known; null: a token or a local sign-in, which may act as long as they last. */
  readonly provedMs: number | null;
  /** The mail address of the person, who may be an author of a change; null: not known, or a token. */
  readonly mail: string | null;
  /** When the token or the session ends. */
  readonly endsMs: number;
}

/** A caller in a request that needs certain scopes: its namespaces are those of the grants with one of these scopes. */
export interface Access extends ApiCaller {
  readonly namespaces: Grant["namespaces"];
}

/** null: no grant of the caller has one of the scopes. */
export function accessFor(caller: ApiCaller, scopes: readonly TokenScope[]): Access | null {
  const fitting = caller.grants.filter((grant) => scopes.some((scope) => grant.scopes.has(scope)));
  if (fitting.length === 0) return null;
  const { actor, grants, provedMs, mail, endsMs } = caller;
  return { actor, grants, provedMs, mail, endsMs, namespaces: together(fitting) };
}

function together(grants: readonly Grant[]): Grant["namespaces"] {
  const names = new Set<string>();
  for (const { namespaces } of grants) {
    if (namespaces === "all") return "all";
    for (const name of namespaces) names.add(name);
  }
  return names;
}

export function sees(access: Access, namespace: string): boolean {
  return access.namespaces === "all" || access.namespaces.has(namespace);
}

export function seesKey(access: Access, key: Key): boolean {
  return sees(access, keyParts(key).namespace);
}

export function seesEverything(access: Access): boolean {
  return access.namespaces === "all";
}

/** Whether the caller may do this to each of the keys; without keys, it concerns all namespaces. */
export function mayAct(caller: ApiCaller, scope: TokenScope, keys: readonly Key[]): boolean {
  const access = accessFor(caller, [scope]);
  if (access === null) return false;
  return seesEverything(access) || (keys.length > 0 && keys.every((key) => seesKey(access, key)));
}

/** `token "ci-orders"`; a person is named alone. */
export function identityText({ actor }: Pick<ApiCaller, "actor">): string {
  return isPerson(actor) ? actor : `token "${actor}"`;
}

/** Equal for all that are shown the same: what an answer depends on besides the data. */
export function viewOf({ namespaces, grants }: Access): string {
  // Which pending approvals are approvable is a part of it.
  const approving = together(grants.filter(({ scopes }) => scopes.has("approve")));
  return JSON.stringify([namespaces, approving].map((some) => (some === "all" ? some : [...some].sort())));
}
