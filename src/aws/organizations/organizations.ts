import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  type Account,
} from "@aws-sdk/client-organizations";
import type { Organizations } from "../../controller/ports/organizations.ts";
import type { FoundAccount } from "../../model/aws/found-account.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import type { DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import { byTextOf } from "../../text/order.ts";
import type { OrganizationCall } from "../calls/calls.ts";
import { incompleteAnswer, unreadableAnswer } from "../errors/classify.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import type { SdkCommand } from "../requests/send.ts";
import { completeListing } from "../observe/pages.ts";

/** A page of a listing may be empty although more pages follow: only a missing token ends it. */
interface OrganizationPage {
  readonly NextToken?: string | undefined;
}

/** Deeper than AWS allows (five levels below the root): a cycle of units would otherwise never end. */
const DEEPEST = 10;

export class AwsOrganizations implements Organizations {
  readonly #gateway: AwsGateway;

  constructor(gateway: AwsGateway) {
    this.#gateway = gateway;
  }

  async accountsOf(set: DesiredAccountSet, signal: AbortSignal): Promise<readonly FoundAccount[]> {
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

/** Makes the calls of one set, as its reader. Listings are complete, or the call fails. */
class OrganizationReader {
  readonly #gateway: AwsGateway;
  readonly #account: DesiredAccount;
  readonly #signal: AbortSignal;

  constructor(gateway: AwsGateway, set: DesiredAccountSet, signal: AbortSignal) {
    this.#gateway = gateway;
    this.#account = accountOfReader(set);
    this.#signal = signal;
  }

  accounts(): Promise<readonly Account[]> {
    const call = "organizations:ListAccounts";
    return this.#list(call, ListAccountsCommand, {
      input: {},
      items: ({ Accounts }) => Accounts ?? missing(call, "Accounts"),
    });
  }

  accountsIn(ParentId: string): Promise<readonly Account[]> {
    const call = "organizations:ListAccountsForParent";
    return this.#list(call, ListAccountsForParentCommand, {
      input: { ParentId },
      items: ({ Accounts }) => Accounts ?? missing(call, "Accounts"),
    });
  }

  unitsIn(ParentId: string): Promise<readonly string[]> {
    const call = "organizations:ListOrganizationalUnitsForParent";
    return this.#list(call, ListOrganizationalUnitsForParentCommand, {
      input: { ParentId },
      items: ({ OrganizationalUnits }) =>
        (OrganizationalUnits ?? missing(call, "OrganizationalUnits")).map(
          ({ Id }) => Id ?? missing(call, "the id of a unit"),
        ),
    });
  }

  async tagsOf(ResourceId: string): Promise<ReadonlyMap<string, string>> {
    const call = "organizations:ListTagsForResource";
    const tags = await this.#list(call, ListTagsForResourceCommand, {
      input: { ResourceId },
      items: ({ Tags }) => Tags ?? missing(call, "Tags"),
    });
    return new Map(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  }

  #list<Input extends object, Output extends OrganizationPage, Item>(
    call: OrganizationCall,
    Command: new (input: Input) => SdkCommand<Output>,
    listing: { readonly input: Input; readonly items: (answer: Output) => readonly Item[] },
  ): Promise<readonly Item[]> {
    return completeListing(call, async (NextToken) => {
      const input = NextToken === undefined ? listing.input : { ...listing.input, NextToken };
      const answer = await this.#read(call, () => new Command(input), input);
      return { items: listing.items(answer), next: answer.NextToken ?? null };
    });
  }

  #read<Output>(call: OrganizationCall, command: () => SdkCommand<Output>, input: object): Promise<Output> {
    const account = this.#account;
    const principal = { account, identity: "reader", pass: "account-set", writes: [], tags: [] } as const;
    const request = { principal, call, region: null, input: { ...input }, command, intent: null };
    return this.#gateway.send(request, this.#signal);
  }
}

/** The management account or the delegated administrator, as far as a call needs it. */
function accountOfReader({ name, reader, template }: DesiredAccountSet): DesiredAccount {
  const { partition, accountId } = arnParts(reader.roleArn);
  const id = parseAccountId(accountId);
  if (id === undefined || partition !== template.partition)
    throw new Error(`account set ${name}: wrong reader`);
  return { ...template, id, name: `set/${name}`, observer: reader };
}

function missing(call: OrganizationCall, member: string): never {
  throw incompleteAnswer(call, member);
}
