import type { ReactNode } from "react";
import { useNow } from "../../client/clock.ts";
import { screenZone } from "../../client/zone.ts";
import { DraftInput } from "../../parts/forms/draft-input.tsx";
import { Choice } from "../../parts/forms/field.tsx";
import { KIND_CHOICES, type HistoryFilter } from "../../view/history/history-filter.ts";
import {
  dayOfPeriod,
  dayPeriod,
  instantOfLocal,
  localTime,
  localZoneText,
} from "../../view/history/local-time.ts";
import { BindingChoice } from "./binding-choice.tsx";

interface FilterBarProps {
  readonly filter: HistoryFilter;
  /** Of the key of the filter; "" for none. */
  readonly target: string;
  readonly change: (part: Partial<HistoryFilter>) => void;
}

const orNull = (text: string): string | null => (text === "" ? null : text);

/** Selects entries; the address has all of it. */
export function EntryFilterBar({ filter, target, change }: FilterBarProps): ReactNode {
  return (
    <form className="filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        value={filter.text}
        placeholder="Filter by words"
        aria-label="Filter the loaded entries by words"
        onChange={(event) => change({ text: event.target.value })}
      />
      <Choice name="kind" value={filter.kind} among={KIND_CHOICES} choose={(kind) => change({ kind })} />
      <DraftInput
        name="by"
        value={filter.by ?? ""}
        placeholder="anyone"
        commit={(text) => change({ by: orNull(text) })}
      />
      <DraftInput
        name="namespace"
        value={filter.namespace ?? ""}
        placeholder="all"
        commit={(text) => change({ namespace: orNull(text) })}
      />
      <BindingChoice target={target} choose={(key) => change({ key })} />
      <Times filter={filter} change={change} />
    </form>
  );
}

const TIMES = [
  { name: "since", field: "sinceMs" },
  { name: "until", field: "untilMs" },
] as const;

/** Inputs have the reader's time, and the address has UTC. */
function Times({ filter, change }: Omit<FilterBarProps, "target">): ReactNode {
  const nowMs = useNow();
  const zone = screenZone();
  return (
    <fieldset className="times">
      <legend>Times in {localZoneText(zone, filter.sinceMs ?? nowMs)}</legend>
      <label className="choice">
        <span>day</span>
        <input
          type="date"
          value={dayOfPeriod(filter, zone) ?? ""}
          onChange={({ target: { value } }) =>
            change(dayPeriod(value, zone) ?? { sinceMs: null, untilMs: null })
          }
        />
      </label>
      {TIMES.map(({ name, field }) => (
        <label key={name} className="choice">
          <span>{name}</span>
          <input
            type="datetime-local"
            value={filter[field] === null ? "" : localTime(filter[field], zone)}
            onChange={({ target: { value } }) => change({ [field]: instantOfLocal(value, zone) })}
          />
        </label>
      ))}
    </fieldset>
  );
}
