import type { ReactNode } from "react";

/** A table with a heading for each column, which narrow screens repeat in each cell. */
export function SimpleTable({
  title,
  heads,
  rows,
  empty,
  shape = "",
}: {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[];
  readonly empty: string;
  /** A class that gives the columns their widths; without it they are as wide as their texts. */
  readonly shape?: string;
}): ReactNode {
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  return (
    <table className={`simple ${shape}`.trim()}>
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, cells }) => (
          <tr key={id}>
            {cells.map((cell, at) => (
              <td key={heads[at]} data-head={heads[at]}>
                <div>{cell}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
