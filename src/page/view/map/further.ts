import type { FunctionObject } from "../../../api/bindings.ts";
import type { PermissionsObject } from "../../../api/permissions.ts";
import { accessMap } from "../../../explain/reverse/access-map.ts";
import { mappedFunctions } from "../../../explain/reverse/mapped-functions.ts";
import { reach } from "../../../explain/reverse/reach.ts";
import type { ReachAnswer } from "../../../model/answers/questions/reached.ts";
import type { Key } from "../../../model/keys/key.ts";

/** As far as `grantkeeper reach` follows without an option. */
const DEPTH = 3;

interface ReadFunctions {
  readonly permissions: readonly PermissionsObject[];
  readonly functions: readonly FunctionObject[];
  /** The names of accounts by their id. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** What a function may do that runs other functions, and what these may do. */
export function furtherReach(
  key: Key,
  { permissions, functions, accounts }: ReadFunctions,
): Pick<ReachAnswer, "steps" | "unknown"> {
  const arns = new Map(functions.map(({ status }) => [status.key, status.functionArn]));
  const states = permissions.map(({ status }) => status);
  const mapped = mappedFunctions(states, { arns, accounts });
  const map = accessMap(mapped, mapped);
  const steps = reach(map, key, DEPTH).filter(({ runs }) => runs.length > 0);
  return { steps, unknown: map.unknown };
}
