import { useId, useState, type ReactNode } from "react";
import { useBindingRowsWhen } from "../../client/binding-rows.ts";
import { DraftInput } from "../../parts/forms/draft-input.tsx";
import { keyOfTarget, suggestedTargets } from "../../view/history/targets.ts";

/** One function or policy. The list of all is read when someone begins to choose. */
export function BindingChoice({
  target,
  choose,
}: {
  /** `orders/orders-api@prod/eu-west-1`; "" for all. */
  readonly target: string;
  readonly choose: (key: string | null) => void;
}): ReactNode {
  const [isAsked, setAsked] = useState(false);
  const [typed, setTyped] = useState(target);
  const [unknown, setUnknown] = useState<string | null>(null);
  const { rows } = useBindingRowsWhen(isAsked);
  const list = useId();
  const commit = (text: string): void => {
    const key = text === "" ? null : keyOfTarget(rows, text);
    setUnknown(text !== "" && key === null ? text : null);
    if (text === "" || key !== null) choose(key);
  };
  return (
    <>
      <DraftInput
        name="function"
        value={target}
        placeholder="all"
        className="target-input"
        list={list}
        onFocus={() => setAsked(true)}
        onDraft={setTyped}
        commit={commit}
      />
      <datalist id={list}>
        {suggestedTargets(rows, typed).map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {unknown !== null && (
        <span className="quiet-text" role="status">
          No single function or policy is called {unknown}
        </span>
      )}
    </>
  );
}
