import { parseArn } from "./arn.ts";
import type { AccountId } from "./ids.ts";
import type { DesiredAccount, DesiredAccountSet } from "../desired.ts";

/** In place of an id that is not known yet: AWS assigns no such id. */
export const EXAMPLE_ID = "000000000000";

/** An account that left its organization is shown for seven days: nothing else ends it. */
export const DEPARTURE_SHOWN_MS = 604_800_000;

/** An account as an organization lists it. */
export interface FoundAccount {
  readonly id: AccountId;
  /** As people gave it in AWS: any text. */
  readonly name: string;
}

/** A found account as its set observes it. Its name contains the id, since anyone who may rename it could choose the rest. */
export function observedAccount(
  { template, name: set }: DesiredAccountSet,
  found: FoundAccount,
): DesiredAccount {
  const { id } = found;
  const { roleArn, externalId } = template.observer;
  const observer = parseArn(roleArn.replaceAll(EXAMPLE_ID, id));
  if (observer === undefined) throw new Error(`account set ${set}: no observer for account ${id}`);
  return {
    ...template,
    id,
    name: `${slug(found.name)}${id}`,
    observer: { roleArn: observer, externalId },
    set,
  };
}

/** `Payments (Prod)` becomes `payments-prod-`. A name without Latin letters and digits becomes an empty text. */
function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, "");
  return plain === "" ? "" : `${plain}-`;
}
