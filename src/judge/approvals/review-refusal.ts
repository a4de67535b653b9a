import type { Hold } from "../../model/answers/hold.ts";
import type { Rejection } from "../../model/approval.ts";

/** Why no review may approve what a person may approve with the command; null: a review may. */
export function reviewRefusal(
  { subject, code, coversUnseen }: Pick<Hold, "subject" | "code" | "coversUnseen">,
  rejections: readonly Pick<Rejection, "subject" | "actor">[],
): string | null {
  const rejection = rejections.find((one) => one.subject === subject);
  if (rejection !== undefined) return `${rejection.actor} has rejected it`;
  if (code !== "profile-approval") return "it waits for another approval than that of a profile";
  return coversUnseen === true ? "it also covers what no pull request shows" : null;
}
