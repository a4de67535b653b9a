import { useEffect, useRef, type ReactNode } from "react";

/** The result replaces its form, and the keyboard continues from there. */
export function Done({ text }: { readonly text: string }): ReactNode {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), []);
  return (
    <p ref={line} tabIndex={-1} className="notice good" role="status">
      {text}
    </p>
  );
}
