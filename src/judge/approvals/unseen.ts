import type { Key } from "../../model/keys/key.ts";
import type { KeyPlan } from "../../model/plan.ts";

/** Why plans are held, apart from what they grant. */
interface OtherReasons {
  readonly relaxed: ReadonlyMap<Key, string>;
  readonly firstClaims: ReadonlyMap<Key, string>;
  readonly takeOvers: ReadonlyMap<Key, string>;
}

/** Whether the approval of a profile also covers what no pull request shows: a value that changed, a role that is taken over. */
export function coversUnseen(
  { key, grown, changedReferences }: Pick<KeyPlan, "key" | "grown" | "changedReferences">,
  { relaxed, firstClaims, takeOvers }: OtherReasons,
): boolean {
  const isExplained = [relaxed, firstClaims, takeOvers].some((texts) => texts.has(key));
  return isExplained || grown !== undefined || changedReferences !== undefined;
}
