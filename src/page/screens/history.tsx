import { useMemo, type ReactNode } from "react";
import type { AuditEvent } from "../../api/events.ts";
import { historyRows, type HistoryRow } from "../../cli/history/history-rows.ts";
import { chainState } from "../view/history/chain-state.ts";
import { csvOf } from "../view/history/csv.ts";
import {
  readHistoryFilter,
  selectLines,
  writeHistoryFilter,
  type HistoryFilter,
} from "../view/history/history-filter.ts";
import { useNow } from "../client/clock.ts";
import { useEvents } from "../client/event-pages.ts";
import { navigate, useLocation } from "../client/navigation.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { Age, Failure, Notice } from "../parts/basics.tsx";
import { Entries } from "../parts/entries.tsx";
import { Choice } from "../parts/forms/field.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { useMay } from "../parts/session-context.ts";

/** What happened, newest first, by the record. */
export function History(): ReactNode {
  const { path, query } = useLocation();
  const filter = readHistoryFilter(query);
  const overview = useOverview();
  const nowMs = useNow();
  const { newest, events, readOlder, failed } = useEvents(filter.namespace, filter.key);
  const accounts = useMemo(() => accountNames(overview.value), [overview.value]);
  const rows = historyRows(events, { accounts, nowMs });
  const shown = selectLines(rows, filter);
  const change = (part: Partial<HistoryFilter>): void =>
    navigate(`${path}${writeHistoryFilter({ ...filter, ...part })}`, "replace");
  return (
    <>
      <h1>History</h1>
      <Chain events={events} isAll={filter.namespace === null && filter.key === null} />
      <Bar filter={filter} rows={rows} change={change} />
      <ResourceView resource={newest} what="The history">
        {() => (
          <>
            <Lines shown={shown} loaded={rows.length} hasOlder={readOlder !== null} />
            {failed !== null && <Failure failed={failed} what="Older entries" />}
            {readOlder !== null && (
              <button type="button" onClick={readOlder}>
                Read older entries
              </button>
            )}
          </>
        )}
      </ResourceView>
    </>
  );
}

/** The state of the chain by the loaded entries. Only those who see every entry can see whether one is missing. */
function Chain({
  events,
  isAll,
}: {
  readonly events: readonly AuditEvent[];
  readonly isAll: boolean;
}): ReactNode {
  const seesAll = useMay("read", null);
  if (!isAll || !seesAll || events.length === 0) return null;
  const { broken, signed } = chainState(events);
  const verify = <code>grantkeeper audit verify</code>;
  if (broken !== null)
    return (
      <Notice tone="bad" isUrgent>
        <p>The record is broken: {broken.why}</p>
        <p>
          {verify} shows what can still be proved, and the copies of its signatures that are kept elsewhere.
        </p>
      </Notice>
    );
  return (
    <p className="quiet-text">
      {signed === null ? (
        "No signature is among the loaded entries"
      ) : (
        <>
          Signed up to {signed.upTo}, <Age at={signed.at} /> ago, by key {signed.keyId}
        </>
      )}
      . This page does not check signatures: {verify} does.
    </p>
  );
}

function Bar({
  filter,
  rows,
  change,
}: {
  readonly filter: HistoryFilter;
  readonly rows: readonly HistoryRow[];
  readonly change: (part: Partial<HistoryFilter>) => void;
}): ReactNode {
  const kinds = [...new Set(rows.map(({ kind }) => kind))].sort();
  return (
    <form className="filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        value={filter.text}
        placeholder="Filter by words"
        aria-label="Filter the loaded entries by words"
        onChange={(event) => change({ text: event.target.value })}
      />
      <label className="choice">
        <span>namespace</span>
        <input
          className="short-input"
          value={filter.namespace ?? ""}
          placeholder="all"
          onChange={(event) => change({ namespace: event.target.value === "" ? null : event.target.value })}
        />
      </label>
      <Choice name="kind" value={filter.kind} among={kinds} choose={(kind) => change({ kind })} />
      {filter.key !== null && (
        <button type="button" onClick={() => change({ key: null })}>
          Only {filter.key} ✕
        </button>
      )}
    </form>
  );
}

function Lines({
  shown,
  loaded,
  hasOlder,
}: {
  readonly shown: readonly HistoryRow[];
  readonly loaded: number;
  readonly hasOlder: boolean;
}): ReactNode {
  const scope = hasOlder ? "the loaded lines; older entries are not searched" : "all lines";
  if (shown.length === 0)
    return <p className="empty">{loaded === 0 ? "No entries." : `No match in ${scope}.`}</p>;
  return (
    <>
      <p className="quiet-text summary">
        {shown.length === loaded ? `${loaded} lines` : `${shown.length} of ${loaded} lines`}
        {hasOlder && ", older entries are not loaded"}{" "}
        <button type="button" className="plain" onClick={() => download(shown)}>
          Export these as CSV
        </button>
      </p>
      <Entries rows={shown} />
    </>
  );
}

/** Nothing leaves the page: the browser makes the file. */
function download(rows: readonly HistoryRow[]): void {
  const lines = rows.map(({ entry, at, kind, by, message, below }) => [
    String(entry),
    at,
    kind,
    by,
    message,
    below,
  ]);
  const text = csvOf([["entry", "time", "kind", "by", "message", "detail"], ...lines]);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "grantkeeper-history.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
