import { arnFields } from "../../model/aws/arns/arn-fields.ts";
import { isBindingTest } from "../../iam/risk/access.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { DesiredAccount } from "../../model/desired.ts";

/** The account or organization that a value of a condition key names; null: it names none, or a pattern of several. */
type NameOf = (value: string) => string | null;

/** Of an ARN; with a star before it, the fifth part of a text need not be the account. */
const accountOfArn: NameOf = (value) => {
  const { accountId } = arnParts(value);
  return isPlainAccount(accountId) ? accountId : null;
};
const account: NameOf = (value) => (isPlainAccount(value) ? value : null);
const organization: NameOf = (value) => /^o-[a-z0-9]+$/.exec(value)?.[0] ?? null;
const organizationOfPath: NameOf = (value) => /^(o-[a-z0-9]+)\//.exec(value)?.[1] ?? null;

/** Keys that a request of a principal has, and keys that a request of a service has on behalf of its source. */
const CALLER_KEYS: ReadonlyMap<string, NameOf> = new Map([
  ["aws:principalaccount", account],
  ["aws:principalarn", accountOfArn],
  ["aws:principalorgid", organization],
  ["aws:principalorgpaths", organizationOfPath],
]);
const SOURCE_KEYS: ReadonlyMap<string, NameOf> = new Map([
  ["aws:sourceaccount", account],
  ["aws:sourcearn", accountOfArn],
  ["aws:sourceorgid", organization],
  ["aws:sourceorgpaths", organizationOfPath],
]);

export type TieFamily = "caller" | "source" | "any";

/** The accounts and organizations that an account lets in: itself, and those of its fences. */
export interface AdmittedCallers {
  has(name: string): boolean;
}

export function admittedCallers({ id, fences }: DesiredAccount): AdmittedCallers {
  return new Set<string>([id, ...fences.callerAccounts, ...fences.organizations]);
}

export function isPlainAccount(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/**
 * True if a condition limits the callers to admitted accounts or organizations. One test is enough, since all tests of a
 * statement must hold; each of its values must be admitted, since one of them is enough for the test.
 */
export function isTied(
  tests: readonly ConditionTest[],
  family: TieFamily,
  admitted: AdmittedCallers,
): boolean {
  return namingTests(tests, family).some(
    ({ names }) => names.length > 0 && names.every((name) => name !== null && admitted.has(name)),
  );
}

/** The accounts and organizations that the conditions name, without the admitted ones; sorted. */
export function outsiders(
  tests: readonly ConditionTest[],
  family: TieFamily,
  admitted: AdmittedCallers,
): readonly string[] {
  const names = namingTests(tests, family).flatMap((test) => test.names);
  const outside = names.filter((name) => name !== null && !admitted.has(name));
  return [...new Set(outside as readonly string[])].sort();
}

interface NamingTest {
  readonly names: readonly (string | null)[];
}

function namingTests(tests: readonly ConditionTest[], family: TieFamily): readonly NamingTest[] {
  const keys = KEYS_OF[family];
  return tests.filter(isBindingTest).flatMap((test) => {
    const nameOf = keys.get(test.key);
    return nameOf === undefined ? [] : [{ names: test.values.map((value) => nameIn(value, test, nameOf)) }];
  });
}

const KEYS_OF: Readonly<Record<TieFamily, ReadonlyMap<string, NameOf>>> = {
  caller: CALLER_KEYS,
  source: SOURCE_KEYS,
  any: new Map([...CALLER_KEYS, ...SOURCE_KEYS]),
};

/** String operators compare the entire text: a star before the account may reach over colons, into another ARN's name. */
function nameIn(value: string, { operator }: ConditionTest, nameOf: NameOf): string | null {
  if (!operator.includes("String") || !value.includes(":")) return nameOf(value);
  const beforeAccount = arnFields(value).slice(0, 4).join(":");
  return /[*?]/.test(beforeAccount) ? null : nameOf(value);
}
