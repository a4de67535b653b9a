import { getOrAdd } from "../../model/values/lists.ts";
import type { LeftOut } from "./recognize.ts";

/** One line for each resource: what grants leave out of a statement, why nothing is lost, and where that was read. */
export function leftOutTexts({ from, sid, permissions }: LeftOut): readonly string[] {
  const statement = sid === null ? "a statement" : `statement ${sid}`;
  const byReason = new Map<string, { readonly actions: string[]; readonly text: string }>();
  for (const { action, resource, because, source } of permissions) {
    const text = `on ${resource}, which no request can use: ${because} (${source})`;
    getOrAdd(byReason, text, () => ({ actions: [], text })).actions.push(action);
  }
  return [...byReason.values()].map(
    ({ actions, text }) => `left out of ${statement} of ${from}: ${actions.join(", ")} ${text}`,
  );
}
