import type { ChangeWindowObject } from "../../api/manifests.ts";
import { formatDuration } from "../../model/values/duration.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { dateTime } from "../../wording/time.ts";
import { keysText, shortSubject } from "../../wording/words.ts";

/** The columns of `get changewindows`. */
export function changeWindowColumns(): readonly Column<ChangeWindowObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "STATE", cell: ({ status }) => status.state },
    { title: "UNTIL", cell: ({ status: { until } }) => (until === null ? "-" : dateTime(until)) },
    {
      title: "WAITING",
      cell: ({ status }) => String(status.waiting.reduce((sum, { keys }) => sum + keys.length, 0)),
      align: "right",
    },
    { title: "PLACE", cell: ({ status }) => status.place, isWide: true },
  ];
}

/** The window with what waits in one namespace alone. */
export function windowOfNamespace(window: ChangeWindowObject, namespace: string): ChangeWindowObject {
  const waiting = window.status.waiting.flatMap((waits) => {
    const keys = waits.keys.filter((key) => keyParts(key).namespace === namespace);
    return keys.length === 0 ? [] : [{ ...waits, keys }];
  });
  return { ...window, status: { ...window.status, waiting } };
}

/** Names are long, and a table with them is wider than a terminal. */
function scopeText({ accounts, namespaces }: ChangeWindowObject["spec"]): string {
  return `applies to ${listText(accounts, "account")}, ${listText(namespaces, "namespace")}`;
}

function listText(names: readonly string[] | null, what: string): string {
  if (names === null) return `all ${what}s`;
  return `${what}${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}

export const CHANGE_WINDOW_NOTES: MessageColumn<ChangeWindowObject> = {
  title: "DETAILS",
  texts: ({ spec, status }) => [
    ...(status.state === "unusable" ? [`closed until ${status.place} is corrected`] : []),
    ...zoneTexts(status),
    scopeText(spec),
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

/** The time of UNTIL for the people who wrote the window. */
function zoneTexts({ untilInZone }: ChangeWindowObject["status"]): readonly string[] {
  return untilInZone === null ? [] : [`until ${untilInZone}`];
}
