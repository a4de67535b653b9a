import { keyParts, type Key } from "../../model/keys/key.ts";
import type { TokenScope } from "../../model/values/api-token.ts";

/** The caller, what it may do, and the namespaces that it may see. */
export interface Access {
  /** The token's name: the actor in the audit. */
  readonly actor: string;
  readonly scopes: ReadonlySet<TokenScope>;
  readonly namespaces: "all" | ReadonlySet<string>;
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
