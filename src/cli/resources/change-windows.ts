import type { ChangeWindowObject } from "../../api/manifests.ts";
import { formatDuration } from "../../model/values/duration.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { dateTime } from "../screen/time.ts";
import { keysText, shortSubject } from "../screen/words.ts";

/** The columns of `get changewindows`. */
export function changeWindowColumns(): readonly Column<ChangeWindowObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "STATE", cell: ({ status }) => status.state },
    { title: "UNTIL", cell: ({ status }) => untilText(status) },
    { title: "ACCOUNTS", cell: ({ spec }) => listText(spec.accounts) },
    { title: "NAMESPACES", cell: ({ spec }) => listText(spec.namespaces) },
    {
      title: "WAITING",
      cell: ({ status }) => String(status.waiting.reduce((sum, { keys }) => sum + keys.length, 0)),
      align: "right",
    },
    { title: "PLACE", cell: ({ status }) => status.place, isWide: true },
  ];
}

function listText(names: readonly string[] | null): string {
  return names === null ? "all" : names.join(",");
}

export const CHANGE_WINDOW_NOTES: MessageColumn<ChangeWindowObject> = {
  title: "DETAILS",
  texts: ({ spec, status }) => [
    ...(status.state === "unusable" ? [`closed until ${status.place} is corrected`] : []),
    ...(spec.after === null
      ? []
      : [
          `after ${spec.after.accounts.join(", ")}, verified for ${formatDuration(spec.after.verifiedForSeconds * 1_000)}`,
        ]),
    ...status.waiting.map(
      ({ subject, keys, reason }) =>
        `${keysText(keys)}: ${reason}; grantkeeper describe approval ${shortSubject(subject)}`,
    ),
  ],
};

/** With the date, since a window may open days later. */
function untilText({ until, untilInZone }: ChangeWindowObject["status"]): string {
  if (until === null) return "-";
  return untilInZone === null ? dateTime(until) : `${dateTime(until)} (${untilInZone})`;
}
