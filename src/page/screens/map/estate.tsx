import { useMemo, type ReactNode } from "react";
import { counted } from "../../../text/phrases.ts";
import { useBindingRows } from "../../client/binding-rows.ts";
import { useOverview } from "../../client/overview.ts";
import { Link, Notice, Section } from "../../parts/basics.tsx";
import { Loading } from "../../parts/resource-view.tsx";
import { addressPath } from "../../view/address.ts";
import { readFilter, writeFilter } from "../../view/filters.ts";
import { countsText } from "../../view/live/row-counts.ts";
import {
  barOf,
  ESTATE_STATES,
  estateOf,
  estateWords,
  sizeOf,
  teamWords,
  type AccountTeams,
  type EstateTeam,
} from "../../view/map/estate.ts";
import { knownStates } from "../../view/suspended.ts";

/** All bindings and policies in one picture: accounts, in them teams, and how many of each are in which state. */
export function Estate(): ReactNode {
  const { rows, live, leftOut } = useBindingRows();
  const overview = useOverview();
  const states = useMemo(() => knownStates(overview.value), [overview.value]);
  const accounts = useMemo(() => estateOf(rows, states), [rows, states]);
  const largest = Math.max(1, ...accounts.flatMap(({ teams }) => teams.map((team) => sizeOf(team.rows))));
  if (rows.length === 0 && live.kind === "loading") return <Loading rows={8} />;
  if (rows.length === 0)
    return <p className="empty">No functions and policies that you may see are known.</p>;
  return (
    <>
      <p className="lead">{estateWords(accounts)}</p>
      <Legend />
      <p className="quiet-text">Each counts once, as the first of these states that it has.</p>
      {leftOut > 0 && (
        <Notice tone="warn">
          <p>
            The picture is not complete: {counted(leftOut, "row")} of the list {leftOut === 1 ? "is" : "are"}{" "}
            not in it.
          </p>
        </Notice>
      )}
      {accounts.map((account) => (
        <TeamsOfAccount key={account.account} account={account} largest={largest} />
      ))}
    </>
  );
}

function Legend(): ReactNode {
  return (
    <ul className="estate-legend" aria-label="Colours of the bars">
      {ESTATE_STATES.map((state) => (
        <li key={state}>
          <svg className="estate-key" viewBox="0 0 10 10" aria-hidden="true">
            <rect width={10} height={10} className={classOf(state)} />
          </svg>{" "}
          {state}
        </li>
      ))}
    </ul>
  );
}

function TeamsOfAccount({
  account: { account, rows, teams },
  largest,
}: {
  readonly account: AccountTeams;
  readonly largest: number;
}): ReactNode {
  return (
    <Section title={account} note={countsText(rows)}>
      <ul className="estate" aria-label={`Teams in ${account}`}>
        {teams.map((team) => (
          <li key={team.namespace}>
            <Team account={account} team={team} largest={largest} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Team({
  account,
  team,
  largest,
}: {
  readonly account: string;
  readonly team: EstateTeam;
  readonly largest: number;
}): ReactNode {
  const { namespace, rows } = team;
  const filter = { ...readFilter(new URLSearchParams()), account, namespace };
  return (
    <Link to={`${addressPath("functions")}${writeFilter(filter)}`} className="team">
      <span className="team-name">{namespace}</span>
      <span className="quiet-text">
        {countsText(rows)}: {teamWords(team)}
      </span>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        {barOf(team, largest).map(({ state, from, width }) => (
          <rect key={state} x={from} width={width} height={8} className={classOf(state)} />
        ))}
      </svg>
    </Link>
  );
}

function classOf(state: string): string {
  return `estate-${state.replaceAll(" ", "-")}`;
}
