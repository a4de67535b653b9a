import { useEffect, useState, type ReactNode } from "react";

interface DraftInputProps {
  readonly name: string;
  readonly value: string;
  readonly placeholder: string;
  /** With the entire text, by Enter or when the field is left: each letter would be a request. */
  readonly commit: (text: string) => void;
  readonly className?: string;
  readonly onFocus?: () => void;
  readonly onDraft?: (text: string) => void;
  /** The id of suggestions. */
  readonly list?: string;
}

/** A text that counts once it is complete. */
export function DraftInput({
  name,
  value,
  placeholder,
  commit,
  className = "short-input",
  onFocus,
  onDraft,
  list,
}: DraftInputProps): ReactNode {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const end = (): void => {
    if (draft.trim() !== value) commit(draft.trim());
  };
  return (
    <label className="choice">
      <span>{name}</span>
      <input
        className={className}
        value={draft}
        placeholder={placeholder}
        list={list}
        spellCheck={false}
        autoComplete="off"
        onFocus={onFocus}
        onChange={(event) => {
          setDraft(event.target.value);
          onDraft?.(event.target.value);
        }}
        onBlur={end}
        onKeyDown={(event) => {
          if (event.key === "Enter") end();
        }}
      />
    </label>
  );
}
