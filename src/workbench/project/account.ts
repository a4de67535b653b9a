import { observedAccount } from "../../model/aws/found-account.ts";
import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";

/**
 * A declared account by its name or id, or one that an AccountSet observes by its id. The latter is not looked up: it has
 * the roles that the set declares for every account.
 * @throws CliError if there is none
 */
export function accountNamed(desired: Desired, name: string): DesiredAccount {
  const accounts = [...desired.accounts.values()];
  const declared = accounts.find((account) => account.name === name || account.id === name);
  const found = declared ?? foundAccount(desired, name);
  if (found !== null) return found;
  const ofSets = desired.accountSets.length === 0 ? [] : ["the id of an account that an AccountSet observes"];
  const known = [...accounts.map((account) => account.name), ...ofSets].join(", ");
  throw new CliError(
    `no manifest declares account "${name}"`,
    known === "" ? "name the checkout with --dir" : `valid values: ${known}`,
    { code: "NotFound" },
  );
}

/** The desired state with an account that its AccountSet observes, so that its policies can be computed. */
export function withAccount(desired: Desired, account: DesiredAccount): Desired {
  if (desired.accounts.has(account.id)) return desired;
  return { ...desired, accounts: new Map([...desired.accounts, [account.id, account]]) };
}

/** @throws CliError if its role depends on which of several sets observes it */
function foundAccount({ accountSets }: Desired, text: string): DesiredAccount | null {
  const id = parseAccountId(text);
  if (id === undefined) return null;
  const sets = accountSets.filter(({ except }) => !except.includes(id));
  const [first] = sets;
  if (first === undefined) return null;
  const account = accountOf(first, id);
  const other = sets.find((set) => !hasSameObserver(accountOf(set, id), account));
  if (other === undefined) return account;
  throw new CliError(
    `account sets ${first.name} and ${other.name} declare different observers for account ${id}`,
    "name the account as an AwsAccount, or in the field except of one of the sets",
  );
}

function accountOf(set: DesiredAccountSet, id: AccountId): DesiredAccount {
  return observedAccount(set, { id, name: "" });
}

function hasSameObserver({ observer: left }: DesiredAccount, { observer: right }: DesiredAccount): boolean {
  return left.roleArn === right.roleArn && left.externalId === right.externalId;
}
