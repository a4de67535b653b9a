import { useMemo, type ReactNode } from "react";
import { foldedRows } from "../../wording/history/folded-rows.ts";
import { historyRows, type HistoryRow } from "../../wording/history/history-rows.ts";
import { accountIdOf, keyParts, parseKey, type Key, targetText } from "../../model/keys/key.ts";
import { counted } from "../../text/phrases.ts";
import { useNow } from "../client/clock.ts";
import { useEvents } from "../client/event-pages.ts";
import { navigate, useLocation } from "../client/navigation.ts";
import { accountNames, useOverview, useUnverifiedFrom } from "../client/overview.ts";
import { screenZone } from "../client/zone.ts";
import { Rollbacks } from "../parts/account-lines.tsx";
import { Failure } from "../parts/basics.tsx";
import { Entries } from "../parts/entries.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { csvOf, historyCells } from "../view/history/csv.ts";
import {
  entryFilter,
  isEmptyPeriod,
  isUnfiltered,
  readHistoryFilter,
  selectLines,
  writeHistoryFilter,
  type HistoryFilter,
} from "../view/history/history-filter.ts";
import { Chain } from "./history/chain.tsx";
import { EntryFilterBar } from "./history/filter-bar.tsx";
import { RecordState } from "./history/record-state.tsx";

/** What happened, newest first, by the record. */
export function History(): ReactNode {
  const { path, query } = useLocation();
  const filter = readHistoryFilter(query);
  const overview = useOverview();
  const nowMs = useNow();
  const isEmpty = isEmptyPeriod(filter);
  const { newest, events, readOlder, isSearching, failed } = useEvents(
    isEmpty ? { ...filter, untilMs: null } : filter,
  );
  const accounts = useMemo(() => accountNames(overview.value), [overview.value]);
  const rows = foldedRows(historyRows(events, { accounts, nowMs, zone: screenZone() }), entryFilter(filter));
  const shown = selectLines(rows, filter.text);
  const key = filter.key === null ? undefined : parseKey(filter.key);
  const accountOf = (of: Key): string => accounts.get(accountIdOf(of)) ?? accountIdOf(of);
  const change = (part: Partial<HistoryFilter>): void =>
    navigate(`${path}${writeHistoryFilter({ ...filter, ...part })}`, "replace");
  return (
    <>
      <h1>History</h1>
      <Rollbacks {...(key !== undefined && { namespaces: [keyParts(key).namespace] })} />
      <RecordState overview={overview.value} />
      <Chain events={events} isAll={isUnfiltered(filter)} />
      <EntryFilterBar
        filter={filter}
        target={key === undefined ? (filter.key ?? "") : targetText({ key, account: accountOf(key) })}
        change={change}
      />
      {isEmpty ? (
        <p className="empty">The start must be before the end.</p>
      ) : (
        <ResourceView resource={newest} what="The history">
          {() => (
            <>
              {isSearching ? (
                <p className="empty">Nothing found yet; older entries are being searched…</p>
              ) : (
                <Lines shown={shown} loaded={rows.length} hasOlder={readOlder !== null} accounts={accounts} />
              )}
              {failed !== null && <Failure failed={failed} what="Older entries" />}
              {readOlder !== null && !isSearching && (
                <button type="button" onClick={readOlder}>
                  Read older entries
                </button>
              )}
            </>
          )}
        </ResourceView>
      )}
    </>
  );
}

function Lines({
  shown,
  loaded,
  hasOlder,
  accounts,
}: {
  readonly shown: readonly HistoryRow[];
  readonly loaded: number;
  readonly hasOlder: boolean;
  readonly accounts: ReadonlyMap<string, string>;
}): ReactNode {
  const unverifiedFrom = useUnverifiedFrom();
  const scope = hasOlder ? "the loaded lines; older entries are not searched" : "all lines";
  if (shown.length === 0)
    return <p className="empty">{loaded === 0 ? "No entries." : `No match in ${scope}.`}</p>;
  return (
    <>
      <p className="quiet-text summary">
        {shown.length === loaded ? counted(loaded, "line") : `${shown.length} of ${counted(loaded, "line")}`}
        {entriesIn(shown) > shown.length &&
          `, of ${entriesIn(shown)} entries: those that belong together are one line`}
        {hasOlder && ", older entries are not loaded"}{" "}
        <button type="button" className="plain" onClick={() => download(shown, { accounts, unverifiedFrom })}>
          Export these as CSV
        </button>
      </p>
      <Entries rows={shown} zone={screenZone()} />
    </>
  );
}

/** Those that a line combines count too. */
function entriesIn(rows: readonly HistoryRow[]): number {
  return rows.reduce((count, { events }) => count + events.length, 0);
}

/** Nothing leaves the page: the browser makes the file. Its times are in UTC: no screen next to it states a zone. */
function download(
  shown: readonly HistoryRow[],
  facts: { readonly accounts: ReadonlyMap<string, string>; readonly unverifiedFrom: number | null },
): void {
  const text = csvOf(historyCells(shown, facts));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "grantkeeper-history.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
