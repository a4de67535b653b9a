import type { ImportedFunction } from "../../adopt/manifests/plan-import.ts";
import { switchCost, type SwitchCost } from "../../adopt/switch/switch-cost.ts";
import { counted, someOf } from "../../text/phrases.ts";
import type { ReadPlaces } from "./places.ts";

/** In the order of the accounts; without those in which no function switches. */
export function switchCosts(
  { estates, unread }: ReadPlaces,
  functions: readonly ImportedFunction[],
): readonly SwitchCost[] {
  return [...Map.groupBy(estates, ({ account }) => account.id)].flatMap(([id, ofAccount]) => {
    const switches = functions.flatMap(({ estate, roleSwitch }) =>
      roleSwitch !== null && estate.account.id === id ? [roleSwitch] : [],
    );
    const missing = unread.filter(({ account }) => account.id === id);
    const cost = switchCost({ estates: ofAccount, unread: missing, switches });
    return cost === null ? [] : [cost];
  });
}

const MOST_LINES = 5;
const MOST_UNREAD = 3;

export function switchCostLines(costs: readonly SwitchCost[]): readonly string[] {
  return costs.flatMap((cost) => [quotaLine(cost), ...mentionLines(cost), unreadLine(cost)]);
}

function quotaLine({ account, newRoles, roles }: SwitchCost): string {
  if (newRoles === null) return `${account}: how many roles are new is not known`;
  const needed = `${account}: ${counted(newRoles, "new role")}`;
  if (roles === null) return `${needed}; the quota of the account is not known`;
  const counts = `${roles.existing} of ${roles.quota} exist`;
  const missing = newRoles + roles.existing - roles.quota;
  if (missing <= 0) return `${needed}, ${counts}`;
  return `${needed}, ${counts}: ${missing} too many; request a higher quota for roles in Service Quotas first`;
}

function mentionLines({ account, mentions }: SwitchCost): readonly string[] {
  const lines = mentions.map(
    ({ role, places }) => `${account}: ${role} is named by ${someOf(places)}: name the new role there first`,
  );
  const more = lines.length - MOST_LINES;
  return more > 0
    ? [...lines.slice(0, MOST_LINES), `${account}: ${counted(more, "more role")}, which -o json lists`]
    : lines;
}

function unreadLine({ account, notRead }: SwitchCost): string {
  const more = notRead.length - MOST_UNREAD;
  const shown = [
    ...notRead.slice(0, MOST_UNREAD),
    ...(more > 0 ? [`${more} more, which -o json lists`] : []),
  ];
  return `${account}: other places that may name an old role were not read: ${shown.join("; ")}`;
}
