import { useMemo, type ReactNode } from "react";
import { formatDuration } from "../../model/values/duration.ts";
import { addressPath } from "../view/address.ts";
import {
  NOTHING_CHOSEN,
  readFilter,
  selectRows,
  writeFilter,
  type Filter,
  type Sort,
} from "../view/filters.ts";
import { updatedText, summaryText } from "../view/list-state.ts";
import type { BindingRow } from "../view/rows.ts";
import { knownStates } from "../view/suspended.ts";
import { reloadBindingRows, useBindingRows, type BindingRows } from "../client/binding-rows.ts";
import { MOST_ROWS } from "../client/live/listing.ts";
import { serverTimeOf, useNow } from "../client/clock.ts";
import { navigate, useLocation } from "../client/navigation.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { ActionRequired } from "../parts/action-required.tsx";
import { AccountLines } from "../parts/account-lines.tsx";
import { Link, Notice, State } from "../parts/basics.tsx";
import { FilterBar } from "../parts/forms/filter-bar.tsx";
import { RejectedPlans } from "../parts/rejected-plans.tsx";
import { Loading, ResourceView } from "../parts/resource-view.tsx";
import { Reverted } from "./overview/reverted.tsx";
import { DriftTimeline } from "./overview/timeline.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";

/** What requires action, how far each account is, and every binding and policy. */
export function Functions(): ReactNode {
  const overview = useOverview();
  const loaded = useBindingRows();
  const { path, query } = useLocation();
  const filter = readFilter(query);
  const states = useMemo(() => knownStates(overview.value), [overview.value]);
  const accounts = useMemo(() => accountNames(overview.value), [overview.value]);
  const filterText = writeFilter(filter);
  const selected = useMemo(
    () => selectRows(loaded.rows, readFilter(new URLSearchParams(filterText)), states),
    [loaded.rows, filterText, states],
  );
  const change = (part: Partial<Filter>): void =>
    navigate(`${path}${writeFilter({ ...filter, ...part })}`, "replace");
  return (
    <>
      <h1 className="visually-hidden">Functions</h1>
      <ResourceView resource={overview} what="The overview">
        {(value) => (
          <>
            <ActionRequired overview={value} />
            <RejectedPlans overview={value} />
            <AccountLines overview={value} />
            <Reverted overview={value} />
          </>
        )}
      </ResourceView>
      <TimelineAfterList loaded={loaded} filter={filter} accounts={accounts} change={change} />
      <FilterBar
        filter={filter}
        counts={selected.counts}
        isCounted={loaded.live.kind !== "loading"}
        isOverviewRead={overview.value !== null}
        rows={loaded.rows}
        change={change}
      />
      <Completeness loaded={loaded} shown={selected.rows} shownAbove={overview.failed?.message ?? null} />
      <Bindings loaded={loaded} rows={selected.rows} filter={filter} change={change} states={states} />
    </>
  );
}

/** Asked for after the first rows: what is comes before what was. */
function TimelineAfterList({
  loaded: { rows, live },
  filter,
  accounts,
  change,
}: Pick<BindingsProps, "loaded" | "filter" | "change"> & {
  readonly accounts: ReadonlyMap<string, string>;
}): ReactNode {
  if (rows.length === 0 && live.kind === "loading") return <div className="timeline" />;
  return (
    <DriftTimeline
      range={filter.range}
      namespace={filter.namespace}
      accounts={accounts}
      choose={(range) => change({ range })}
    />
  );
}

/** How many rows, how current, and what is missing. */
function Completeness({
  loaded,
  shown,
  shownAbove,
}: {
  readonly loaded: BindingRows;
  readonly shown: readonly BindingRow[];
  /** Why the overview could not be read: it is above, and not stated again. */
  readonly shownAbove: string | null;
}): ReactNode {
  const nowMs = useNow();
  const live = inServerTime(loaded.live);
  const { text, isProblem } = updatedText(live, nowMs);
  const { leftOut, notUnderstood, rows } = loaded;
  const isShownAbove = live.kind === "stopped" && live.reason === shownAbove;
  return (
    <>
      {isProblem && !isShownAbove && (
        <Notice tone="warn">
          <p>{text}</p>
          <button type="button" onClick={() => reloadBindingRows()}>
            Retry
          </button>
        </Notice>
      )}
      <p className="quiet-text summary" role="status">
        {summaryText({ shown, rows, live: isProblem && !isShownAbove ? null : text }, live)}
        {shown.some(({ wait }) => wait !== null) && (
          <>
            {" "}
            <Link to={addressPath("approvals")}>See what waits</Link>
          </>
        )}
      </p>
      {leftOut > 0 && loaded.live.kind !== "loading" && (
        <Notice tone="warn">
          <p>
            Only the first {MOST_ROWS} bindings and policies are loaded; {leftOut} are not shown and not
            counted.
          </p>
        </Notice>
      )}
      {notUnderstood > 0 && (
        <Notice tone="warn">
          <p>
            {notUnderstood === 1 ? "1 row is" : `${notUnderstood} rows are`} not shown: this page does not
            understand {notUnderstood === 1 ? "its name" : "their names"}. Reload the page.
          </p>
        </Notice>
      )}
    </>
  );
}

function inServerTime(live: BindingRows["live"]): BindingRows["live"] {
  if (live.kind === "polled") return { ...live, readMs: serverTimeOf(live.readMs) };
  if (live.kind === "stopped" && live.sinceMs !== null)
    return { ...live, sinceMs: serverTimeOf(live.sinceMs) };
  return live;
}

interface BindingsProps {
  readonly loaded: BindingRows;
  readonly rows: readonly BindingRow[];
  readonly filter: Filter;
  readonly states: ReturnType<typeof knownStates>;
  readonly change: (part: Partial<Filter>) => void;
}

const COLUMNS: readonly { readonly sort: Sort; readonly title: string }[] = [
  { sort: "name", title: "Name" },
  { sort: "place", title: "Target" },
  { sort: "sync", title: "Sync" },
  { sort: "drift", title: "Drift" },
  { sort: "reason", title: "Reason" },
];

function Bindings({ loaded, rows, filter, states, change }: BindingsProps): ReactNode {
  if (loaded.rows.length === 0 && loaded.live.kind === "loading") return <Loading rows={12} />;
  if (rows.length === 0) return <Empty loaded={loaded} filter={filter} change={change} />;
  return (
    <div role="table" aria-label="Bindings and policies" aria-rowcount={rows.length + 1} className="bindings">
      <div role="rowgroup" className="head">
        <div role="row" className="row" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <Heading key={column.sort} {...column} filter={filter} change={change} />
          ))}
        </div>
      </div>
      <VirtualRows rows={rows} idOf={({ key }) => key}>
        {(row) => <Cells row={row} isSuspended={states.isSuspended(row)} />}
      </VirtualRows>
    </div>
  );
}

function Heading({
  sort,
  title,
  filter,
  change,
}: (typeof COLUMNS)[number] & Pick<BindingsProps, "filter" | "change">): ReactNode {
  const isSorted = filter.sort === sort;
  const order = isSorted ? (filter.isDescending ? "descending" : "ascending") : "none";
  return (
    <div role="columnheader" aria-sort={order}>
      <button
        type="button"
        className="plain"
        onClick={() => change({ sort, isDescending: isSorted && !filter.isDescending })}
      >
        {title}
        <span aria-hidden="true">{isSorted ? (filter.isDescending ? " ↓" : " ↑") : ""}</span>
      </button>
    </div>
  );
}

function Cells({ row, isSuspended }: { readonly row: BindingRow; readonly isSuspended: boolean }): ReactNode {
  return (
    <>
      <div role="cell" className="name">
        <Link to={addressPath("functions", row.namespace, row.name)} className="text">
          <span className="quiet-text">{row.namespace}/</span>
          {row.owner}
        </Link>
        {row.kind === "policy" && <span className="tag">policy</span>}
      </div>
      <div role="cell" className="place">
        <span className="text">{row.place}</span>
        {row.mode === "observe" && <span className="tag">observe</span>}
        {isSuspended && <span className="tag">suspended</span>}
      </div>
      <div role="cell" className="sync">
        <Sync row={row} />
      </div>
      <div role="cell" className="drift">
        <DriftAge row={row} />
      </div>
      <div role="cell" className="reason" title={row.message}>
        {row.wait ?? row.reason ?? <span className="quiet-text">-</span>}
      </div>
    </>
  );
}

/** A change from Git that waits is no drift. */
function Sync({ row: { sync, drift } }: { readonly row: BindingRow }): ReactNode {
  const differs = drift.kind === "none" ? "warn" : "bad";
  const tone = sync === "synced" ? "good" : sync === "unknown" ? "quiet" : differs;
  return <State tone={tone}>{sync}</State>;
}

function DriftAge({ row }: { readonly row: BindingRow }): ReactNode {
  const nowMs = useNow();
  if (row.drift.kind === "unknown") return <State tone="quiet">unknown</State>;
  if (row.drift.kind === "none") return <span className="quiet-text">none</span>;
  return <State tone="bad">for {formatDuration(Math.max(0, nowMs - row.drift.sinceMs))}</State>;
}

function Empty({ loaded, filter, change }: Omit<BindingsProps, "rows" | "states">): ReactNode {
  if (loaded.live.kind === "stopped" && loaded.live.sinceMs === null)
    return <p className="empty">The bindings and policies are not known: they were not read.</p>;
  if (loaded.rows.length === 0) return <p className="empty">No functions or policies are visible to you.</p>;
  return (
    <div className="empty">
      <p>{emptyText(filter, isComplete(loaded))}</p>
      <button type="button" onClick={() => change(NOTHING_CHOSEN)}>
        Clear the filter
      </button>
    </div>
  );
}

/** Whether every row is there and known: only then is it known that no row has drift. */
function isComplete({ rows, live, leftOut, notUnderstood }: BindingRows): boolean {
  const isCurrent = live.kind !== "loading" && live.kind !== "stopped";
  return isCurrent && leftOut + notUnderstood === 0 && rows.every(({ drift }) => drift.kind !== "unknown");
}

function emptyText({ facet, namespace, text }: Filter, isKnown: boolean): string {
  if (!isKnown) return "Nothing that was read matches this filter; not everything was read.";
  if (facet === "drifted" && text === "") return "No drift found.";
  if (namespace !== null && text === "" && facet === null)
    return `No bindings or policies in namespace ${namespace}.`;
  return "No bindings or policies match this filter.";
}
