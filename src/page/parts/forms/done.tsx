import { useEffect, useRef, type ReactNode } from "react";

/** What was done takes the place of its form, and the keyboard goes on from there. */
export function Done({ text }: { readonly text: string }): ReactNode {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), []);
  return (
    <p ref={line} tabIndex={-1} className="notice good" role="status">
      {text}
    </p>
  );
}
