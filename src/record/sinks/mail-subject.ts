import { cutText } from "../../text/cut.ts";
import type { TextParts } from "../alert-line.ts";

const LONGEST_SUBJECT = 180;

/** One line without control characters, so that a name can never begin a header of its own. */
export function mailSubject({ headline }: Pick<TextParts, "headline">): string {
  const plain = `[grantkeeper] ${headline.toWellFormed()}`.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
  return cutText(plain, LONGEST_SUBJECT + 1);
}
