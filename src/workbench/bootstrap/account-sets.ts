import { arnParts } from "../../model/aws/arn.ts";
import type { AssumedIdentity, Desired, DesiredAccountSet } from "../../model/desired.ts";
import { sortedSet } from "../../text/order.ts";
import { firstRegion, ownRoleOf, type BootstrapInputs, type OwnRole } from "./own-role.ts";

/** What AccountSets need that observe an organization. */
export interface AccountSetRoles {
  readonly readers: readonly ReaderRole[];
  readonly observers: readonly FoundObserver[];
}

/** The role that lists the accounts, in the management account or that of a delegated administrator. */
export interface ReaderRole {
  /** Those that use it. */
  readonly accountSets: readonly string[];
  readonly accountId: string;
  readonly region: string;
  readonly role: OwnRole;
}

/** The role that a stack set creates in each found account. */
export interface FoundObserver {
  /** Those whose accounts it observes. */
  readonly accountSets: readonly string[];
  readonly region: string;
  /** With EXAMPLE_ID in place of the account's id. */
  readonly role: OwnRole;
  /** Organizational units and roots; those of the operator's file if a set observes the complete organization. */
  readonly units: readonly string[];
  /** Accounts below these units without this role: a manifest declares them, or every set excepts them. */
  readonly except: readonly string[];
}

/** Sets with the same role share it, because a second stack set could not create it again. */
export function accountSetRoles(inputs: BootstrapInputs): AccountSetRoles {
  const { accountSets } = inputs.desired;
  return {
    readers: grouped(accountSets, ({ reader }) => reader).map((shared) => readerRole(shared, inputs)),
    observers: grouped(accountSets, ({ template }) => template.observer).map((shared) =>
      foundObserver(shared, inputs),
    ),
  };
}

interface RoleOfSets {
  readonly first: DesiredAccountSet;
  /** With the first. */
  readonly sets: readonly DesiredAccountSet[];
}

function grouped(
  sets: readonly DesiredAccountSet[],
  identityOf: (set: DesiredAccountSet) => AssumedIdentity,
): readonly RoleOfSets[] {
  const groups = Map.groupBy(sets, (set) => {
    const { roleArn, externalId } = identityOf(set);
    return `${roleArn} ${externalId}`;
  });
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => ({ first, sets: group })));
}

function readerRole({ first, sets }: RoleOfSets, { documents, instance }: BootstrapInputs): ReaderRole {
  const { reader } = first;
  const trust = documents.trust(reader);
  return {
    accountSets: sets.map(({ name }) => name),
    accountId: arnParts(reader.roleArn).accountId,
    region: firstRegion(first.template),
    role: ownRoleOf("reader", reader, { instance, trust, policy: documents.accountSet(first).reader }),
  };
}

function foundObserver({ first, sets }: RoleOfSets, inputs: BootstrapInputs): FoundObserver {
  const { desired, documents, instance, settings } = inputs;
  const { observer } = first.template;
  const trust = documents.trust(observer);
  return {
    accountSets: sets.map(({ name }) => name),
    region: firstRegion(first.template),
    role: ownRoleOf("observer", observer, { instance, trust, policy: documents.accountSet(first).observer }),
    units: unitsOf(sets, settings.organizationalUnits),
    except: exceptOf(sets, desired),
  };
}

/** A root contains every unit. */
function unitsOf(sets: readonly DesiredAccountSet[], everywhere: readonly string[]): readonly string[] {
  const units = sortedSet(sets.flatMap((set) => set.units ?? everywhere));
  const roots = units.filter((unit) => unit.startsWith("r-"));
  return roots.length > 0 ? roots : units;
}

function exceptOf(sets: readonly DesiredAccountSet[], { accounts }: Desired): readonly string[] {
  const excepted = sets.flatMap(({ except }) => except);
  const byAll = excepted.filter((id) => sets.every(({ except }) => except.includes(id)));
  return sortedSet([...accounts.keys(), ...byAll]);
}
