import type { Estate, UnreadPlace } from "../../adopt/estate/estate.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";

/** A region of an account, which is read as one estate. */
export interface EstateRegion {
  readonly account: DesiredAccount;
  readonly region: Region;
}

/** What an import works on: a function of an unread place is not known to exist or not to. */
export interface ReadPlaces {
  /** In the order of the accounts and their regions. */
  readonly estates: readonly Estate[];
  readonly unread: readonly UnreadPlace[];
}

export function placesOf(accounts: readonly DesiredAccount[]): readonly EstateRegion[] {
  return accounts.flatMap((account) => account.regions.map((region) => ({ account, region })));
}

/** With the name that the manifests give the account now. */
export function savedAt({ account, region }: EstateRegion, saved: readonly Estate[]): Estate | undefined {
  const found = saved.find((one) => one.account.id === account.id && one.region === region);
  return found && { ...found, account: { ...found.account, name: account.name } };
}

/** What the file has of the accounts; their other regions are unread. @throws CliError if it has nothing of one of them */
export function savedPlaces(
  accounts: readonly DesiredAccount[],
  saved: readonly Estate[],
  file: string,
): ReadPlaces {
  const missing = accounts.find(({ id }) => saved.every(({ account }) => account.id !== id));
  if (missing !== undefined)
    throw new CliError(
      `${file} has nothing of account ${missing.name}`,
      `read it from AWS: --resume ${file} in the place of --from`,
    );
  const estates: Estate[] = [];
  const unread: UnreadPlace[] = [];
  for (const place of placesOf(accounts)) {
    const { account, region } = place;
    const found = savedAt(place, saved);
    if (found !== undefined) estates.push(found);
    else
      unread.push({
        account: { id: account.id, name: account.name, partition: account.partition },
        region,
        reason: `${file} does not have this region`,
        next: `read it from AWS: --resume ${file} in the place of --from`,
      });
  }
  return { estates, unread };
}
