import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Choice } from "./field.tsx";
import { choicesOf, FACETS, type ChoiceField, type Facet, type Filter } from "../../view/filters.ts";
import type { BindingRow } from "../../view/rows.ts";
import { facetText, type RowCounts } from "../../view/live/row-counts.ts";

const OF_OVERVIEW: Facet = "suspended";

interface FilterBarProps {
  readonly filter: Filter;
  readonly counts: Readonly<Record<Facet, RowCounts>>;
  /** False: not all rows are there, so the numbers are not known. */
  readonly isCounted: boolean;
  /** False: what is suspended is not known. */
  readonly isOverviewRead: boolean;
  readonly rows: readonly BindingRow[];
  readonly change: (part: Partial<Filter>) => void;
}

/** Selects rows; "/" moves the keyboard into it. */
export function FilterBar({
  filter,
  counts,
  isCounted,
  isOverviewRead,
  rows,
  change,
}: FilterBarProps): ReactNode {
  const input = useSlashFor();
  return (
    <form className="filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        ref={input}
        type="search"
        value={filter.text}
        placeholder="Filter by name, target, reason"
        aria-label="Filter by name, target, reason (press / to begin)"
        spellCheck={false}
        onChange={(event) => change({ text: event.target.value })}
      />
      <div className="facets" role="group" aria-label="State">
        {FACETS.map((facet) => (
          <button
            key={facet}
            type="button"
            aria-pressed={filter.facet === facet}
            onClick={() => change({ facet: filter.facet === facet ? null : facet })}
          >
            {facet} {isCounted && (isOverviewRead || facet !== OF_OVERVIEW) ? facetText(counts[facet]) : "…"}
          </button>
        ))}
      </div>
      <ChoiceOf field="namespace" filter={filter} rows={rows} change={change} />
      <ChoiceOf field="account" filter={filter} rows={rows} change={change} />
      <Choice
        name="kind"
        value={filter.kind}
        among={["function", "policy"]}
        choose={(kind) => change({ kind: kind === "function" || kind === "policy" ? kind : null })}
      />
      <MoreFilters filter={filter} rows={rows} change={change} />
    </form>
  );
}

type ChoicesProps = Pick<FilterBarProps, "filter" | "rows" | "change">;

function ChoiceOf({
  field,
  filter,
  rows,
  change,
}: ChoicesProps & { readonly field: ChoiceField }): ReactNode {
  const among = useMemo(() => choicesOf(rows, field), [rows, field]);
  return (
    <Choice
      name={NAMES[field] ?? field}
      value={filter[field]}
      among={among}
      choose={(value) => change({ [field]: value })}
    />
  );
}

const NAMES: Readonly<Partial<Record<ChoiceField, string>>> = { risk: "risk of the approval" };

const MORE = ["region", "mode", "reason", "label", "risk"] as const satisfies readonly ChoiceField[];

/** Open from the beginning if the address filters by one of them: nothing selects rows unseen. */
function MoreFilters({ filter, rows, change }: ChoicesProps): ReactNode {
  const isUsed = filter.role !== "" || MORE.some((field) => filter[field] !== null);
  const [isOpen, setOpen] = useState(isUsed);
  return (
    <details
      className="more-filters"
      open={isOpen || isUsed}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>More filters</summary>
      {(isOpen || isUsed) && (
        <div className="filter">
          {MORE.map((field) => (
            <ChoiceOf key={field} field={field} filter={filter} rows={rows} change={change} />
          ))}
          <label className="choice">
            <span>role</span>
            <input
              value={filter.role}
              placeholder="a part of its name"
              spellCheck={false}
              onChange={(event) => change({ role: event.target.value })}
            />
          </label>
        </div>
      )}
    </details>
  );
}

function useSlashFor(): React.RefObject<HTMLInputElement | null> {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
  return input;
}
