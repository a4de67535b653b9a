import { arnParts } from "../../model/aws/arn.ts";
import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccountSet } from "../../model/desired.ts";
import { sortedSet } from "../../text/order.ts";
import type { AccountSetRoles } from "./account-sets.ts";

/** Which accounts of an AccountSet get no observer from the stack set, and which get one that no set reads. */
export function accountSetNotes(
  { accounts, accountSets }: Desired,
  { observers }: AccountSetRoles,
  { organizationalUnits }: OwnRoleSettings,
): readonly string[] {
  const isPart = !organizationalUnits.some((unit) => unit.startsWith("r-"));
  const everywhere = accountSets.filter(({ units }) => units === null).map(({ name }) => name);
  const tagged = accountSets.filter(({ tags }) => Object.keys(tags).length > 0).map(({ name }) => name);
  const reading = accountSets
    .filter(mayObserveItsReader)
    .map(({ reader }) => arnParts(reader.roleArn).accountId);
  const managed = sortedSet(reading).filter(
    (id) => ![...accounts.keys()].some((declared) => declared === id),
  );
  return [
    ...(isPart && everywhere.length > 0
      ? [
          `bootstrap.organizationalUnits is not the root: accounts outside of these units get no observer: ${everywhere.join(", ")}`,
        ]
      : []),
    ...(tagged.length > 0
      ? [`stack sets select no tags: every account of the units gets the observer: ${tagged.join(", ")}`]
      : []),
    ...(observers.length > 0 && managed.length > 0
      ? [
          `stack sets create nothing in the management account: if ${managed.join(", ")} is one, use --account for its observer, or write it in except`,
        ]
      : []),
  ];
}

/** A set of units observes the management account only if the root is among them. */
function mayObserveItsReader({ reader, units, except }: DesiredAccountSet): boolean {
  const { accountId } = arnParts(reader.roleArn);
  const hasRoot = units === null || units.some((unit) => unit.startsWith("r-"));
  return hasRoot && !except.some((id) => id === accountId);
}
