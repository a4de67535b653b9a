import { useEffect, useRef, type ReactNode } from "react";
import { Choice } from "./field.tsx";
import { FACETS, type Facet, type Filter } from "../../view/filters.ts";
import { facetText, type RowCounts } from "../../view/live/row-counts.ts";

const OF_OVERVIEW: Facet = "suspended";

interface FilterBarProps {
  readonly filter: Filter;
  readonly counts: Readonly<Record<Facet, RowCounts>>;
  /** False: not all rows are there, so the numbers are not known. */
  readonly isCounted: boolean;
  /** False: what is suspended is not known. */
  readonly isOverviewRead: boolean;
  readonly namespaces: readonly string[];
  readonly accounts: readonly string[];
  readonly change: (part: Partial<Filter>) => void;
}

/** Selects rows; "/" moves the keyboard into it. */
export function FilterBar({
  filter,
  counts,
  isCounted,
  isOverviewRead,
  namespaces,
  accounts,
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
      <Choice
        name="namespace"
        value={filter.namespace}
        among={namespaces}
        choose={(namespace) => change({ namespace })}
      />
      <Choice
        name="account"
        value={filter.account}
        among={accounts}
        choose={(account) => change({ account })}
      />
      <Choice
        name="kind"
        value={filter.kind}
        among={["function", "policy"]}
        choose={(kind) => change({ kind: kind === "function" || kind === "policy" ? kind : null })}
      />
    </form>
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
