import type { WhyAnswer } from "../../model/answers/why.ts";

/** What AWS reported of a denied request. */
export function reportedDenial({
  how,
  deniedBy,
  policy,
}: Pick<NonNullable<WhyAnswer["reported"]>, "how" | "deniedBy" | "policy">): string {
  if (deniedBy === "unknown") return "denied, without naming the policy";
  if (how === "explicit") return `an explicit deny in the ${deniedBy}${policy === null ? "" : ` ${policy}`}`;
  return how === "implicit" ? `no ${deniedBy} allows it` : `denied by the ${deniedBy}`;
}
