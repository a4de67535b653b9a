import type { Account } from "@aws-sdk/client-organizations";
import { arnParts } from "../../model/aws/arn.ts";
import { AwsError, awsFailureText } from "../../model/aws/errors/aws-error.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { DesiredAccountSet } from "../../model/desired.ts";
import { incompleteAnswer, unreadableAnswer } from "../errors/classify.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { DEEPEST, OrganizationReader, type ControlPolicyType } from "./reader.ts";
import { resultOf } from "../../model/values/result.ts";

interface ControlPolicy {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** What is attached to the root, to a unit or to the account itself. */
export interface AttachedControl {
  readonly id: string;
  readonly policies: readonly ControlPolicy[];
}

/** Where an account is in its organization, and the policies that apply to its principals and resources. */
export interface ServiceControl {
  readonly organization: string;
  /** Neither type applies to it. */
  readonly isManagement: boolean;
  /** Service control policies, from the root down to the account; empty: the type is not enabled. */
  readonly levels: readonly AttachedControl[];
  readonly resources: ResourceControlReading;
}

/** The resource control policies above an account. An installed reader may have the permission for the other type alone. */
type ResourceControlReading =
  | { readonly kind: "read"; readonly levels: readonly AttachedControl[] }
  | { readonly kind: "not-read"; readonly reason: string };

export interface ServiceControlQuestion {
  readonly set: DesiredAccountSet;
  readonly accounts: readonly AccountId[];
}

/**
 * The policies of those accounts that the organization of the set's reader has. Service control policies are complete, or
 * it is an error.
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
    const levels = isManagement ? [] : await tree.levelsOf(id, "SERVICE_CONTROL_POLICY");
    const resources = await resourceControl(tree, id, isManagement);
    found.set(id, { organization, isManagement, levels, resources });
  }
  return found;
}

async function resourceControl(
  tree: ControlTree,
  id: AccountId,
  isManagement: boolean,
): Promise<ResourceControlReading> {
  if (isManagement) return { kind: "read", levels: [] };
  const levels = await resultOf(tree.levelsOf(id, "RESOURCE_CONTROL_POLICY"), AwsError);
  if (levels.kind === "ok") return { kind: "read", levels: levels.value };
  return { kind: "not-read", reason: awsFailureText(levels.error) };
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
  /** By type of policy and what it is attached to. */
  readonly #attached = new Map<string, AttachedControl>();
  readonly #texts = new Map<string, string>();

  constructor(reader: OrganizationReader) {
    this.#reader = reader;
  }

  async levelsOf(accountId: AccountId, type: ControlPolicyType): Promise<readonly AttachedControl[]> {
    const levels: AttachedControl[] = [];
    for (const id of await this.#pathOf(accountId))
      levels.push(await once(this.#attached, `${type} ${id}`, () => this.#attachedTo(id, type)));
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

  async #attachedTo(id: string, type: ControlPolicyType): Promise<AttachedControl> {
    const policies: ControlPolicy[] = [];
    for (const { Id = "", Name = "" } of await this.#reader.policiesAt(id, type)) {
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
