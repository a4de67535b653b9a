import type { ApiCaller, Grant } from "./access.ts";

/** The grants of the caller in some namespaces alone. A grant that has none of them is left out. */
export function limitedCaller(caller: ApiCaller, namespaces: readonly string[]): ApiCaller {
  const grants = caller.grants
    .map((grant) => ({ ...grant, namespaces: within(grant, namespaces) }))
    .filter((grant) => grant.namespaces.size > 0);
  return { ...caller, grants };
}

function within({ namespaces: granted }: Grant, wanted: readonly string[]): ReadonlySet<string> {
  return new Set(granted === "all" ? wanted : wanted.filter((name) => granted.has(name)));
}

/** The names of the header; undefined: the text is no list of names. */
export function namespacesIn(header: string): readonly string[] | undefined {
  const names = header.split(",").map((name) => name.trim());
  return names.length <= MOST && names.every((name) => NAME.test(name)) ? names : undefined;
}

const MOST = 100;
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
