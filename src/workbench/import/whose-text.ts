import { counted, someOf } from "../../text/phrases.ts";
import { functionName, type ImportReport } from "./report.ts";

/** The function, or the number of them with the first names. A function with several facts counts once. */
export function whoseText(facts: readonly { readonly one: ImportReport["functions"][number] }[]): string {
  const names = [...new Set(facts.map(({ one }) => functionName(one)))];
  return names.length === 1 ? names.join() : `${counted(names.length, "function")} (${someOf(names)})`;
}
