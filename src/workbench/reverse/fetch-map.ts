import type { ApiClient } from "../../cli/client/client.ts";
import { meant, notFound } from "../../cli/toolbox/target.ts";
import { accessMap } from "../../explain/reverse/access-map.ts";
import type { AccessMap } from "../../model/answers/questions/access-map.ts";
import { targetText, type NamedKey } from "../../model/keys/target-text.ts";

interface FetchedMap {
  readonly map: AccessMap;
  /** The functions that the text means. */
  readonly meant: readonly (NamedKey & { readonly target: string })[];
}

/**
 * The map of every function that the controller has compared and the token sees.
 * @param target null: all functions are meant
 * @throws CliError if the target means none
 */
export async function fetchMap(client: ApiClient, target: string | null): Promise<FetchedMap> {
  const [functions, permissions] = await Promise.all([client.list("functions"), client.list("permissions")]);
  const known = functions.map(({ status: { key, account, functionArn } }) => ({
    key,
    account,
    functionArn,
    target: targetText({ key, account }),
  }));
  const states = new Map(permissions.map(({ status }) => [status.key, status]));
  const mapped = known.flatMap((one) => {
    const state = states.get(one.key);
    return state === undefined ? [] : [{ ...one, state }];
  });
  const found = target === null ? known : meant(target, known, null);
  if (target !== null && found.length === 0)
    throw notFound(target, known, { namespace: null, listed: "grantkeeper get functions lists all" });
  return { map: accessMap(mapped, known), meant: found };
}

/** The part of a map that these functions and their neighbours are in. */
export function aroundFunctions({ nodes, edges, unknown }: AccessMap, of: FetchedMap["meant"]): AccessMap {
  const keys = new Set<string>(of.map(({ key }) => key));
  const targets = new Set(of.map(({ target }) => target));
  const kept = edges.filter(({ from, to }) => keys.has(from) || keys.has(to));
  const ids = new Set([...keys, ...kept.flatMap(({ from, to }) => [from, to])]);
  return {
    nodes: nodes.filter(({ id }) => ids.has(id)),
    edges: kept,
    unknown: unknown.filter(({ target }) => targets.has(target)),
  };
}
