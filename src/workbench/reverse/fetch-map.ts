import type { LiveFunctionObject } from "../../api/bindings.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import { meant, noSuchTarget } from "../../cli/toolbox/target.ts";
import { accessMap } from "../../explain/reverse/access-map.ts";
import { mappedFunctions } from "../../explain/reverse/mapped-functions.ts";
import type { AccessMap } from "../../model/answers/questions/access-map.ts";
import type { NamedKey } from "../../model/keys/key.ts";

interface FetchedMap {
  readonly map: AccessMap;
  /** The functions that the text means. */
  readonly meant: readonly (NamedKey & { readonly target: string })[];
}

/**
 * The map of every function that the controller knows and the token sees.
 * @param target null: all functions are meant
 * @throws CliError if the target means none
 */
export async function fetchMap(client: ApiClient, target: string | null): Promise<FetchedMap> {
  const [functions, permissions, live, accounts] = await Promise.all([
    client.list("functions"),
    client.list("permissions"),
    client.list("livefunctions"),
    client.accountNames(),
  ]);
  const arns = new Map(functions.map(({ status: { key, functionArn } }) => [key, functionArn]));
  const mapped = mappedFunctions(
    permissions.map(({ status }) => status),
    { arns, accounts },
  );
  const found = target === null ? mapped : meant(target, mapped, null);
  if (target !== null && found.length === 0)
    throw noSuchTarget(target, mapped, { namespace: null, listed: "grantkeeper get bindings lists all" });
  const map = accessMap(mapped, mapped);
  return { map: { ...map, unknown: [...map.unknown, ...withoutManifest(live)] }, meant: found };
}

/** Functions in AWS that no manifest names, for a token that sees them. */
function withoutManifest(live: readonly LiveFunctionObject[]): AccessMap["unknown"] {
  const targets = live
    .filter(({ status }) => status.key === null)
    .map(({ status: { functionName, account, region } }) => `function ${functionName}@${account}/${region}`);
  return targets.length === 0 ? [] : [{ reason: "no manifest names it", targets: targets.toSorted() }];
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
    unknown: unknown.flatMap(({ reason, targets: all }) => {
      const some = all.filter((target) => targets.has(target));
      return some.length === 0 ? [] : [{ reason, targets: some }];
    }),
  };
}
