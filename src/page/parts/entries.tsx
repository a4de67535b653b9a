import type { ReactNode } from "react";
import type { HistoryRow } from "../../wording/history/history-rows.ts";
import { isUnverified, NOT_VERIFIED } from "../../wording/history/unverified.ts";
import { actorId, actorName, isPerson } from "../../model/people/actor.ts";
import { useUnverifiedFrom } from "../client/overview.ts";
import { isExported } from "../client/transport.ts";
import { byDay, localTime } from "../view/history/local-time.ts";
import type { Zone } from "../../text/zone.ts";
import { Ago } from "./basics.tsx";

/** Lines of the record, in an export with the time of the record: a write with its result is one, and a revert with its writes. */
export function Entries({
  rows,
  zone = null,
}: {
  readonly rows: readonly HistoryRow[];
  /** The lines are grouped by the days of this zone; null: they are not. */
  readonly zone?: Zone | null;
}): ReactNode {
  return (
    <table className="entries">
      <caption className="visually-hidden">Entries of the record</caption>
      <thead>
        <tr>
          <th scope="col">Entry</th>
          <th scope="col">{isExported() ? "Time" : "Age"}</th>
          <th scope="col">Kind</th>
          <th scope="col">By</th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      {zone === null ? (
        <tbody>
          <Rows rows={rows} />
        </tbody>
      ) : (
        byDay(rows, zone).map((group) => (
          <tbody key={group.day}>
            <tr className="day">
              <th scope="rowgroup" colSpan={5}>
                {group.day}
              </th>
            </tr>
            <Rows rows={group.rows} zone={zone} />
          </tbody>
        ))
      )}
    </table>
  );
}

function Rows({
  rows,
  zone = null,
}: {
  readonly rows: readonly HistoryRow[];
  readonly zone?: Zone | null;
}): ReactNode {
  const from = useUnverifiedFrom();
  return rows.map((row) => (
    <tr key={row.entry}>
      <td className="number">{row.entry}</td>
      <td className="age">
        {isExported() ? <time dateTime={row.at}>{row.at}</time> : <Ago at={row.at} />}
        {zone !== null && !isExported() && (
          <span className="clock">{localTime(Date.parse(row.at), zone).slice(11)}</span>
        )}
      </td>
      <td className="kind">{row.kind}</td>
      <td className="by">
        {actorName(row.by)}
        {isPerson(row.by) && <span className="detail">{actorId(row.by)}</span>}
      </td>
      <td className="message">
        {isUnverified(row, from) && <strong className="unverified">{NOT_VERIFIED} </strong>}
        {row.message}
        {row.below !== "" && <span className="detail">{row.below}</span>}
      </td>
    </tr>
  ));
}
