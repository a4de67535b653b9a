import type { ReactNode } from "react";
import type { HistoryRow } from "../../cli/history/history-rows.ts";
import { isExported } from "../client/transport.ts";
import { Age } from "./basics.tsx";

/** Lines of the record, in an export with the time of the record: a write with its result is one, and a revert with its writes. */
export function Entries({ rows }: { readonly rows: readonly HistoryRow[] }): ReactNode {
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
      <tbody>
        {rows.map((row) => (
          <tr key={row.entry}>
            <td className="number">{row.entry}</td>
            <td className="age">
              {isExported() ? <time dateTime={row.at}>{row.at}</time> : <Age at={row.at} />}
            </td>
            <td className="kind">{row.kind}</td>
            <td className="by">{row.by}</td>
            <td className="message">
              {row.message}
              {row.below !== "" && <span className="detail">{row.below}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
