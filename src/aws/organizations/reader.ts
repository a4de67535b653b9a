import {
  DescribePolicyCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListPoliciesForTargetCommand,
  ListTagsForResourceCommand,
  type Account,
  type PolicySummary,
} from "@aws-sdk/client-organizations";
import { arnParts } from "../../model/aws/arn.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import type { DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import type { OrganizationCall } from "../calls/calls.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import { completeListing } from "../observe/pages.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import type { SdkCommand } from "../requests/send.ts";

/** Deeper than AWS allows (five levels below the root): a cycle of units would otherwise never end. */
export const DEEPEST = 10;

/** What limits principals, and what limits resources. */
export type ControlPolicyType = "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY";

/** A page of a listing may be empty although more pages follow: only a missing token ends it. */
interface OrganizationPage {
  readonly NextToken?: string | undefined;
}

/** What makes the calls: the gateway, or its `probe`, which ignores open circuits. */
type Sender = Pick<AwsGateway, "send">;

/** Makes the calls of one set, as its reader. Listings are complete, or the call fails. */
export class OrganizationReader {
  readonly #sender: Sender;
  readonly #account: DesiredAccount;
  readonly #signal: AbortSignal;

  constructor(sender: Sender, set: DesiredAccountSet, signal: AbortSignal) {
    this.#sender = sender;
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

  /** The unit or root that a unit or an account is in. */
  async parentOf(ChildId: string): Promise<string> {
    const call = "organizations:ListParents";
    const parents = await this.#list(call, ListParentsCommand, {
      input: { ChildId },
      items: ({ Parents }) => Parents ?? missing(call, "Parents"),
    });
    return parents[0]?.Id ?? missing(call, "the id of a parent");
  }

  /** The policies of the type that are attached to a root, a unit or an account itself. */
  policiesAt(TargetId: string, Filter: ControlPolicyType): Promise<readonly PolicySummary[]> {
    const call = "organizations:ListPoliciesForTarget";
    return this.#list(call, ListPoliciesForTargetCommand, {
      input: { TargetId, Filter },
      items: ({ Policies }) => Policies ?? missing(call, "Policies"),
    });
  }

  async policyText(PolicyId: string): Promise<string> {
    const call = "organizations:DescribePolicy";
    const input = { PolicyId };
    const { Policy } = await this.#read(call, () => new DescribePolicyCommand(input), input);
    return Policy?.Content ?? missing(call, "the text of a policy");
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
    return this.#sender.send(request, this.#signal);
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
