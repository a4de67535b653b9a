import type { ActionItem } from "../../../api/action-required.ts";
import {
  unrecordedCallerText,
  unrecordedCallText,
  unrecordedCountText,
} from "../../../model/changes/unrecorded-text.ts";
import { unrecordedCount } from "../../../model/changes/unrecorded-write.ts";
import { seesEverything } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";

const SHOWN = 3;

/** Another caller has the credentials of a role of Grantkeeper. */
export function unrecordedItems({ access, world }: Reader): readonly ActionItem[] {
  if (!seesEverything(access)) return [];
  return [...world.accounts.values()].flatMap(
    ({ id, name, unrecordedWrites = [] }): readonly ActionItem[] => {
      const oldest = unrecordedWrites.at(-1);
      if (oldest === undefined) return [];
      const writes = unrecordedWrites.flatMap((entry) => entry.writes.toReversed());
      const count = unrecordedCount(unrecordedWrites);
      const shown = writes.slice(0, SHOWN);
      return [
        {
          kind: "unrecorded",
          accountId: id,
          target: `account ${name}`,
          message: `${unrecordedCountText(count)}: another caller has credentials of Grantkeeper`,
          details: [
            ...shown.map((write) => `${unrecordedCallText(write)}, by ${unrecordedCallerText(write)}`),
            ...(count > shown.length ? [`and ${count - shown.length} more`] : []),
          ],
          hint: "grantkeeper runbook unrecorded-writes; it is shown for 7 days after the last one",
          security: true,
          since: oldest.at,
        },
      ];
    },
  );
}
