import type { EffectiveLine, EffectiveState } from "../model/answers/permission-state.ts";

type ReadState = Extract<EffectiveState, { readonly kind: "read" }>;

/** What another role grants was not added to the declared one: the comparison shows what differs. Callers are the function's. */
export function effectiveSign({ role }: ReadState): (line: EffectiveLine) => "+" | " " {
  const isCaller = ({ kind }: EffectiveLine): boolean => kind === "caller" || kind === "caller-denial";
  return (line) => (line.isDeclared || (role.kind === "other" && !isCaller(line)) ? " " : "+");
}
