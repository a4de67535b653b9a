import { desiredOf } from "../../../demo/manifests.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../../src/model/desired.ts";
import type { OrganizationState } from "../../../src/simulator/organizations/state.ts";
import {
  addAccount,
  addMember,
  addOrganization,
  addRole,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { trustOf } from "../../support/installation/simulated.ts";
import { ACCOUNT, accountOf, arn, must, never, startAwsWorld, type AwsWorld } from "./aws-world.ts";

export const MANAGEMENT = "100000000001";
export const PROD = "ou-1234-prod0000";
export const PAYMENTS = "ou-1234-payments";
const BASE_ACCOUNT = "999900001111";
export const PLATFORM = "ou-1234-platform";
export const BASE_ROLE = `arn:aws:iam::${BASE_ACCOUNT}:role/grantkeeper-base`;
const ORGANIZATION = "o-a1b2c3d4e5";

/** By what they are attached to: the statements of each policy. */
export type Attached = Readonly<Record<string, readonly (readonly object[])[]>>;

/** The account is in payments, below prod, and the base role's account in platform. */
export class ControlWorld {
  readonly aws: AwsWorld;

  private constructor(aws: AwsWorld) {
    this.aws = aws;
  }

  /** null: the type is not enabled. */
  static async start(service: Attached | null, resource: Attached | null = null): Promise<ControlWorld> {
    const world = new ControlWorld(await startAwsWorld((state) => seed(state)));
    const { organization } = world;
    if (service !== null) organization.serviceControl = controlOf(service, "p-FullAWSAccess");
    if (resource !== null) organization.resourceControl = controlOf(resource, "p-RCPFullAWSAccess");
    return world;
  }

  get organization(): OrganizationState {
    return must(this.aws.world.organizations?.[ORGANIZATION]);
  }

  /** The checks of the account. */
  async lines(
    account: DesiredAccount = accountOf({ binder: null }),
    desired: Desired = desiredWith(),
    baseRole: string | null = null,
  ): Promise<readonly string[]> {
    const found = await this.aws.aws.serviceControl({ accounts: [account], desired, baseRole }, never());
    return must(found.get(account.id)).map(
      ({ identity, what, outcome, detail }) => `${outcome} ${identity} ${what}: ${detail ?? ""}`,
    );
  }
}

function controlOf(attached: Attached, full: string) {
  const policies = Object.entries(attached).flatMap(([target, documents]) =>
    documents.map((Statement, at) => ({
      target,
      id: `p-${target.replaceAll("-", "").slice(-8).padStart(8, "0")}${at}`,
      name: `Policy ${at}`,
      content: JSON.stringify({ Version: "2012-10-17", Statement }),
    })),
  );
  return {
    policies: Object.fromEntries(policies.map(({ id, name, content }) => [id, { id, name, content }])),
    attached: Object.fromEntries(
      Object.keys(attached).map((target) => [
        target,
        [full, ...policies.filter((one) => one.target === target).map(({ id }) => id)],
      ]),
    ),
  };
}

function seed(world: WorldState): void {
  const trust = trustOf({ AWS: BASE_ROLE }, { StringEquals: { "sts:ExternalId": "gk-reader" } });
  addAccount(world, { id: MANAGEMENT });
  addRole(world, { accountId: MANAGEMENT, name: "reader", path: "/gk/", trust });
  const found = addOrganization(world, ORGANIZATION, MANAGEMENT);
  found.units[PROD] = { id: PROD, name: "prod", parentId: found.rootId };
  found.units[PAYMENTS] = { id: PAYMENTS, name: "payments", parentId: PROD };
  found.units[PLATFORM] = { id: PLATFORM, name: "platform", parentId: found.rootId };
  addMember(found, { id: ACCOUNT, name: "Cards", parentId: PAYMENTS });
  addMember(found, { id: BASE_ACCOUNT, name: "Platform", parentId: PLATFORM });
}

export function setOf(): DesiredAccountSet {
  const reader = { roleArn: arn(`arn:aws:iam::${MANAGEMENT}:role/gk/reader`), externalId: "gk-reader" };
  return {
    name: "all",
    reader,
    units: null,
    tags: {},
    except: [],
    template: accountOf(),
    origin: accountOf().origin,
  };
}

export function desiredWith(sets: readonly DesiredAccountSet[] = [setOf()]): Desired {
  return { ...desiredOf({}, "test-1"), accountSets: sets };
}

export const deny = (Sid: string, Action: string | readonly string[], more: object = {}): object => ({
  Sid,
  Effect: "Deny",
  Action,
  Resource: "*",
  ...more,
});
