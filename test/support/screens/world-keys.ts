import { parseArn, type Arn } from "../../../src/model/aws/arn.ts";
import { parsePartition, parseRegion } from "../../../src/model/aws/ids.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import { checked, DIGEST } from "../record/audit-facts.ts";

export const PARTITION = checked(parsePartition("aws"));
export const REGION = checked(parseRegion("eu-west-1"));

/** Two teams in one account: orders, whose token the tests use, and payments, of which it must read nothing. */
export const ORDERS_API = key("function/111122223333/eu-west-1/orders/orders-api");
export const ORDERS_JOBS = key("function/111122223333/eu-west-1/orders/orders-jobs");
export const REFUNDS = key("function/111122223333/eu-west-1/payments/refunds");
export const LEDGER = key("policy/111122223333/payments/ledger");
export const AUDIT_READ = key("policy/111122223333/platform/audit-read");

/** In an account that no manifest declares. */
export const STRAY = key("function/444455556666/eu-west-1/orders/stray");

export const PAYMENTS_SUBJECT = DIGEST;
/** Every word by which the other team would be known. */
export const FOREIGN_WORDS = ["payments", "refunds", "ledger"] as const;

function key(text: string): Key {
  return checked(parseKey(text));
}

export function arn(text: string): Arn {
  return checked(parseArn(text));
}
