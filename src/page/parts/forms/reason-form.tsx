import { useContext, useEffect, useId, useState, type ReactNode } from "react";
import { SessionContext } from "../session-context.ts";
import { reasonProblem } from "../../view/reason.ts";

const LENGTHS = ["30m", "1h", "4h", "24h", "7d"] as const;

/** What a person writes for an action. It stays in the tab until it is used, also over a new sign-in. */
export function useDraft(name: string): readonly [string, (text: string) => void] {
  // Another person in the same tab does not continue with it.
  const key = `reason:${useContext(SessionContext)?.actor ?? ""}:${name}`;
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? "");
  useEffect(() => {
    if (text === "") sessionStorage.removeItem(key);
    else keep(key, text);
  }, [key, text]);
  return [text, setText];
}

function keep(key: string, text: string): void {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // The store of the tab is full: the text is on the screen, and only a reload loses it.
  }
}

export function ReasonField({
  reason,
  change,
  isLocked,
}: {
  readonly reason: string;
  readonly change: (text: string) => void;
  readonly isLocked: boolean;
}): ReactNode {
  const id = useId();
  const problem = reasonProblem(reason);
  const isEmpty = reason.trim() === "";
  return (
    <label className="field" htmlFor={id}>
      <span>Reason, written to the audit record</span>
      <textarea
        id={id}
        rows={2}
        value={reason}
        readOnly={isLocked}
        aria-invalid={problem !== null && !isEmpty}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onChange={(event) => change(event.target.value)}
      />
      {problem !== null && (
        <span
          id={`${id}-problem`}
          className={isEmpty ? "quiet-text" : "state bad"}
          role={isEmpty ? undefined : "status"}
        >
          {problem}
        </span>
      )}
    </label>
  );
}

export function LengthField({
  title,
  value,
  change,
}: {
  readonly title: string;
  readonly value: string;
  readonly change: (value: string) => void;
}): ReactNode {
  return (
    <label className="field short">
      <span>{title}</span>
      <select value={value} onChange={(event) => change(event.target.value)}>
        {LENGTHS.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
