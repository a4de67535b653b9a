import type { ReactNode } from "react";

/** A select with "all" as the first choice. A value that is no choice stays one: it is what the list is filtered by. */
export function Choice({
  name,
  value,
  among,
  choose,
}: {
  readonly name: string;
  readonly value: string | null;
  readonly among: readonly string[];
  readonly choose: (value: string | null) => void;
}): ReactNode {
  const all = value === null || among.includes(value) ? among : [value, ...among];
  return (
    <label className="choice">
      <span>{name}</span>
      <select
        value={value ?? ""}
        onChange={(event) => choose(event.target.value === "" ? null : event.target.value)}
      >
        <option value="">all</option>
        {all.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
