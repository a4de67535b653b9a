import type { Account } from "@aws-sdk/client-organizations";
import type { Organizations } from "../../controller/ports/estate/organizations.ts";
import type { FoundAccount } from "../../model/aws/found-account.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import type { DesiredAccountSet } from "../../model/desired.ts";
import { resultOf } from "../../model/values/result.ts";
import { byTextOf } from "../../text/order.ts";
import { incompleteAnswer, unreadableAnswer } from "../errors/classify.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { DEEPEST, OrganizationReader } from "./reader.ts";

export class AwsOrganizations implements Organizations {
  readonly #gateway: AwsGateway;

  constructor(gateway: AwsGateway) {
    this.#gateway = gateway;
  }

  accountsOf(set: DesiredAccountSet, signal: AbortSignal): ReturnType<Organizations["accountsOf"]> {
    return resultOf(this.#accountsOf(set, signal), AwsError);
  }

  async #accountsOf(set: DesiredAccountSet, signal: AbortSignal): Promise<readonly FoundAccount[]> {
    const reader = new OrganizationReader(this.#gateway, set, signal);
    const listed =
      set.units === null ? await reader.accounts() : await accountsBelow(reader, set.units, DEEPEST);
    const found = new Map(
      listed.filter(isActive).map((account) => [account.Id ?? "", foundAccount(account)]),
    );
    const left = [...found.values()].filter(({ id }) => !set.except.includes(id));
    const chosen: FoundAccount[] = [];
    for (const account of left) if (await hasTags(reader, account, set)) chosen.push(account);
    return chosen.sort(byTextOf(({ id }) => id));
  }
}

async function accountsBelow(
  reader: OrganizationReader,
  units: readonly string[],
  levels: number,
): Promise<readonly Account[]> {
  if (levels === 0)
    throw unreadableAnswer("organizations:ListOrganizationalUnitsForParent", "its units have no end");
  const accounts: Account[] = [];
  for (const unit of units) {
    accounts.push(...(await reader.accountsIn(unit)));
    const below = await reader.unitsIn(unit);
    if (below.length > 0) accounts.push(...(await accountsBelow(reader, below, levels - 1)));
  }
  return accounts;
}

/**
 * AWS retired `Status` on 9 September 2026 in favour of `State`; endpoints that are not up to date have only the former.
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
 */
function isActive(account: Account): boolean {
  const state = account.State ?? account.Status;
  if (state === undefined) throw incompleteAnswer("organizations:ListAccounts", "the state of an account");
  return state === "ACTIVE";
}

function foundAccount({ Id, Name }: Account): FoundAccount {
  const id = parseAccountId(Id ?? "");
  if (id === undefined) throw incompleteAnswer("organizations:ListAccounts", "the id of an account");
  return { id, name: Name ?? "" };
}

async function hasTags(
  reader: OrganizationReader,
  { id }: FoundAccount,
  { tags }: DesiredAccountSet,
): Promise<boolean> {
  const wanted = Object.entries(tags);
  if (wanted.length === 0) return true;
  const found = await reader.tagsOf(id);
  return wanted.every(([key, value]) => found.get(key) === value);
}
