import type { MappedFunction } from "../../model/answers/questions/mapped-function.ts";
import type { ReachAnswer } from "../../model/answers/questions/reached.ts";
import type { TypedState } from "../../model/answers/permission-state.ts";
import type { Key } from "../../model/keys/key.ts";

/** A function with the roles that it runs on; null: its role was not read. */
export interface FunctionOnRoles extends Pick<MappedFunction, "key" | "target"> {
  readonly roles: readonly string[] | null;
}

/** The role of $LATEST, and those of versions behind aliases. */
export function onRoles({ key, target, state }: MappedFunction): FunctionOnRoles {
  return { key, target, roles: rolesOf(state) };
}

function rolesOf({ effective, comparisons }: TypedState): FunctionOnRoles["roles"] {
  if (effective.kind === "unknown") return null;
  return [...new Set([effective.role.arn, ...comparisons.map(({ arn }) => arn)])];
}

/** Functions that an answer names of one role; the others are counted. */
const MOST_NAMED = 100;

/** The roles of one function with the other functions on them: who gets its permissions gets theirs. */
export function sharedRoles(
  functions: readonly FunctionOnRoles[],
  key: Key,
): Pick<ReachAnswer, "roles" | "unreadRoles"> {
  const own = functions.find((one) => one.key === key)?.roles ?? null;
  const others = functions.filter((one) => one.key !== key);
  return {
    roles:
      own?.map((arn) => {
        const on = others.filter(({ roles }) => roles?.includes(arn) === true);
        const named = on.slice(0, MOST_NAMED).map(({ key: other, target }) => ({ key: other, target }));
        return { arn, others: named, more: on.length - named.length };
      }) ?? null,
    unreadRoles: others.filter(({ roles }) => roles === null).length,
  };
}
