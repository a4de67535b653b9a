import type { ReactNode } from "react";
import { counted } from "../../../text/phrases.ts";
import type { UnknownFunctions } from "../../../model/answers/questions/who-can.ts";
import { State } from "../../parts/basics.tsx";

const SHOWN = 10;

/** What the answer does not cover: an empty list above is no proof. */
export function UnknownFunctionList({
  unknown,
  unread,
}: {
  readonly unknown: readonly UnknownFunctions[];
  readonly unread: readonly string[];
}): ReactNode {
  return (
    <>
      {unknown.map(({ reason, targets }) => (
        <p key={reason}>
          <State tone="quiet">{counted(targets.length, "function")} unknown</State>
          <span className="detail">{reason}</span>
          <span className="detail">
            {targets.slice(0, SHOWN).join(", ")}
            {targets.length > SHOWN && ` and ${targets.length - SHOWN} more`}
          </span>
        </p>
      ))}
      {unread.map((text) => (
        <p key={text}>
          <State tone="quiet">not read</State> <span className="detail">{text}</span>
        </p>
      ))}
    </>
  );
}
