import { byText } from "../../../text/order.ts";

const MAX_NAMES = 10;

/** The fix for an unknown account: the names that exist. */
export function accountNamesHint(known: Iterable<string>): string {
  const names = [...known].sort(byText);
  const isShort = names.length > 0 && names.length <= MAX_NAMES;
  return isShort ? `valid accounts: ${names.join(", ")}` : "write the name of an AwsAccount";
}
