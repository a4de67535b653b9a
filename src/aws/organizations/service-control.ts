import type { Account } from "@aws-sdk/client-organizations";
import { arnParts } from "../../model/aws/arn.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { DesiredAccountSet } from "../../model/desired.ts";
import { incompleteAnswer, unreadableAnswer } from "../errors/classify.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { DEEPEST, OrganizationReader } from "./reader.ts";

interface ServiceControlPolicy {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** What is attached to the root, to a unit or to the account itself. */
interface AttachedControl {
  readonly id: string;
  readonly policies: readonly ServiceControlPolicy[];
}

/** Where an account is in its organization, and the service control policies that apply to it. */
export interface ServiceControl {
  readonly organization: string;
  /** Service control policies do not apply to it. */
  readonly isManagement: boolean;
  /** From the root down to the account; empty: the organization has none. */
  readonly levels: readonly AttachedControl[];
}

export interface ServiceControlQuestion {
  readonly set: DesiredAccountSet;
  readonly accounts: readonly AccountId[];
}

/**
 * The service control policies of those accounts that the organization of the set's reader has; complete, or an error.
 * @throws AwsError
 */
export async function readServiceControl(
  gateway: AwsGateway,
  { set, accounts }: ServiceControlQuestion,
  signal: AbortSignal,
): Promise<ReadonlyMap<AccountId, ServiceControl>> {
  // One reader that fails must not close the way of another in the same account.
  const sender: Pick<AwsGateway, "send"> = { send: (request, stop) => gateway.probe(request, stop) };
  const reader = new OrganizationReader(sender, set, signal);
  const members = new Map((await reader.accounts()).map((account) => [account.Id, account]));
  const tree = new ControlTree(reader);
  const found = new Map<AccountId, ServiceControl>();
  for (const id of accounts) {
    const member = members.get(id);
    if (member === undefined) continue;
    const { organization, management } = placeOf(member);
    const isManagement = management === id;
    const levels = isManagement ? [] : await tree.levelsOf(id);
    found.set(id, { organization, isManagement, levels });
  }
  return found;
}

/** The ARN of an account has its organization, and the organization's management account. */
function placeOf({ Arn = "" }: Account): { readonly organization: string; readonly management: string } {
  const { accountId: management, resource } = arnParts(Arn);
  const organization = /^account\/(o-[a-z0-9]+)\//.exec(resource)?.[1];
  if (organization === undefined)
    throw incompleteAnswer("organizations:ListAccounts", "the ARN of an account");
  return { organization, management };
}

/** Accounts share units and policies: each is read once. */
class ControlTree {
  readonly #reader: OrganizationReader;
  readonly #parents = new Map<string, string>();
  readonly #attached = new Map<string, AttachedControl>();
  readonly #texts = new Map<string, string>();

  constructor(reader: OrganizationReader) {
    this.#reader = reader;
  }

  async levelsOf(accountId: AccountId): Promise<readonly AttachedControl[]> {
    const levels: AttachedControl[] = [];
    for (const id of await this.#pathOf(accountId))
      levels.push(await once(this.#attached, id, () => this.#attachedTo(id)));
    if (levels.every(({ policies }) => policies.length === 0)) return [];
    const bare = levels.find(({ policies }) => policies.length === 0);
    // AWS lets no root, unit or account be without one while this type of policy is enabled.
    if (bare !== undefined)
      throw incompleteAnswer("organizations:ListPoliciesForTarget", `the policies of ${bare.id}`);
    return levels;
  }

  async #pathOf(accountId: AccountId): Promise<readonly string[]> {
    const path: string[] = [accountId];
    for (let id: string = accountId; !id.startsWith("r-"); path.unshift(id)) {
      if (path.length > DEEPEST) throw unreadableAnswer("organizations:ListParents", "its units have no end");
      const child = id;
      id = await once(this.#parents, child, () => this.#reader.parentOf(child));
    }
    return path;
  }

  async #attachedTo(id: string): Promise<AttachedControl> {
    const policies: ServiceControlPolicy[] = [];
    for (const { Id = "", Name = "" } of await this.#reader.policiesAt(id)) {
      const text = await once(this.#texts, Id, () => this.#reader.policyText(Id));
      policies.push({ id: Id, name: Name, text });
    }
    return { id, policies };
  }
}

async function once<Value>(
  known: Map<string, Value>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(key) ?? (await read());
  known.set(key, found);
  return found;
}
