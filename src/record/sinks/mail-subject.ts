import { cutText } from "../../text/cut.ts";
import type { AlertDigest } from "../digest.ts";
import type { AlertMessage } from "../message.ts";

const LONGEST_SUBJECT = 180;

/** One line without control characters, so that a name can never begin a header of its own. */
export function mailSubject({ text }: AlertMessage | AlertDigest): string {
  const headline = text.toWellFormed().split("\n", 1)[0] ?? "";
  const plain = `[grantkeeper] ${headline}`.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
  return cutText(plain, LONGEST_SUBJECT + 1);
}
