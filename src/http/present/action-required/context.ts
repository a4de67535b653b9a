import type { AccountView } from "../../../controller/ports/control.ts";
import { arnParts } from "../../../model/aws/arn.ts";
import { accountIdOf, type Key, targetText } from "../../../model/keys/key.ts";
import type { KeyRecordSummary } from "../../../model/keys/key-record.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../../model/status.ts";
import type { Reader } from "../../request/reader.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";

/** One binding with everything that is known about it. */
export interface KeyFacts {
  readonly key: Key;
  readonly status: KeyStatus;
  readonly record: KeyRecordSummary;
  /** null before the first pass of this process. */
  readonly view: KeyView | null;
  readonly account: AccountView | undefined;
  /** Git changed it since: what was found about its manifest may not be so any more. */
  readonly isUncompared: boolean;
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
}

export function keyFacts(reader: Reader, keys: readonly Key[]): readonly KeyFacts[] {
  const { records, accounts } = reader.world;
  return keys.flatMap((key): readonly KeyFacts[] => {
    const record = records.get(key);
    if (record === undefined || record.status === null) return [];
    const { status } = record;
    const account = accounts.get(accountIdOf(key));
    const target = targetText({ key, account: status.account });
    const isUncompared = reader.uncomparedSince(key) !== null;
    return [{ key, status, record, view: reader.keyView(key), account, isUncompared, target }];
  });
}

export function conditionOf({ status }: KeyFacts, type: Condition["type"]): Condition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}

/** The conditions that report a problem. */
export function badConditions(facts: KeyFacts): readonly Condition[] {
  return facts.status.conditions.filter(({ type, status }) =>
    type === "Ready" ? status !== "True" : status === "True",
  );
}

export function hasReason(facts: KeyFacts, reason: ConditionReason): boolean {
  return badConditions(facts).some((condition) => condition.reason === reason);
}

interface SharedFields {
  readonly target: string;
  readonly hint: string;
  readonly security: boolean;
}

/** The fields of an item about one binding, with defaults. */
export function keyItem({ key, target }: KeyFacts): SharedFields & { readonly key: Key } {
  return { key, target, hint: `grantkeeper describe ${target}`, security: false };
}

/** The same for an item that can also be about an account. */
export function accountItem(
  facts: KeyFacts,
): SharedFields & { readonly accountId: string; readonly keys: readonly Key[] } {
  const { key, ...item } = keyItem(facts);
  return { ...item, accountId: facts.status.accountId, keys: [key] };
}

/** The part of an ARN by which people know an object: `role/grantkeeper/x`. */
export function resourceOf(arn: string): string {
  return arnParts(arn).resource || arn;
}
