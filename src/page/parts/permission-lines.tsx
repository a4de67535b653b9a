import { createContext, useContext, useState, type ReactNode } from "react";
import type { PermissionLine } from "../../model/answers/permission-line.ts";
import type { Lines } from "../../model/answers/permission-state.ts";
import { rowOf } from "../../plan/render/columns.ts";
import type { PermissionChange } from "../../plan/render/permission-changes.ts";

const SHOWN = 30;

const SIGNS: Readonly<Record<string, { readonly word: string; readonly name: string }>> = {
  "+": { word: "added", name: "added" },
  "-": { word: "removed", name: "removed" },
  "~": { word: "changed", name: "changed" },
  "!": { word: "effect not known", name: "effect" },
};

/** A sign with its meaning for those who do not see it. */
export function Sign({ sign }: { readonly sign: string }): ReactNode {
  const known = SIGNS[sign];
  return (
    <>
      <span className={`sign sign-${known?.name ?? "none"}`} aria-hidden="true">
        {sign}
      </span>
      {known !== undefined && <span className="visually-hidden">{known.word}: </span>}
    </>
  );
}

/** One line: what, on which resource, and where it is written. */
function PermissionRow({ line, sign }: { readonly line: PermissionLine; readonly sign: string }): ReactNode {
  const { cells, below } = rowOf(line, sign);
  const [what, on, place] = cells;
  return (
    <li className={line.risk === undefined || sign !== "+" ? "permission" : "permission risky"}>
      <Sign sign={sign} />
      <span className="what">{what}</span> <span className="on">{on}</span>
      {place !== "" && <span className="where"> {place}</span>}
      {line.risk !== undefined && <span className="tag danger">{line.risk}</span>}
      {below.map((text, at) => (
        <span key={at} className="detail">
          {text}
        </span>
      ))}
    </li>
  );
}

/** A list of lines of which the first are shown; nothing is left out without its number. */
export function PermissionList<Line extends PermissionLine>({
  lines: { lines, more },
  signOf,
}: {
  readonly lines: Lines<Line>;
  readonly signOf: (line: Line) => string;
}): ReactNode {
  const [isOpen, open] = useState(false);
  const shown = isOpen ? lines : lines.slice(0, SHOWN);
  return (
    <>
      <ul className="permissions">
        {shown.map((line, at) => (
          <PermissionRow key={at} line={line} sign={signOf(line)} />
        ))}
      </ul>
      {lines.length > shown.length && (
        <button type="button" className="plain" onClick={() => open(true)}>
          Show {lines.length - shown.length} more
        </button>
      )}
      {more > 0 && <p className="quiet-text">and {more} more, which the controller does not list</p>}
    </>
  );
}

const CALLERS: ReadonlySet<PermissionLine["kind"]> = new Set(["caller", "caller-denial"]);
const ASSUMERS: ReadonlySet<PermissionLine["kind"]> = new Set(["assumer", "assumer-denial"]);

/** Which side of the function a line is on. */
function sideOf({ kind }: PermissionLine): "may do" | "called by" | "assumed by" {
  if (CALLERS.has(kind)) return "called by";
  return ASSUMERS.has(kind) ? "assumed by" : "may do";
}

const SIDES = [
  { side: "may do", title: "May do", none: "nothing" },
  // Within an account the policy of the caller suffices.
  { side: "called by", title: "Callers in its own policy", none: "no caller in the function's own policy" },
  { side: "assumed by", title: "Its role may be assumed by", none: "no one" },
] as const;

/** Whether the lines are of something that is called: a policy is not. */
export const CallersContext = createContext(true);

/** What a function may do, and the callers that its own policy allows. Empty sides of a complete list are stated. */
export function TwoSides<Line extends PermissionLine>({
  lines,
  signOf,
  isComplete,
}: {
  readonly lines: Lines<Line>;
  readonly signOf: (line: Line) => string;
  /** False: an empty side is unknown, not empty. */
  readonly isComplete: boolean;
}): ReactNode {
  const hasCallers = useContext(CallersContext);
  return SIDES.map(({ side, title, none }, index) => {
    const own = lines.lines.filter((line) => sideOf(line) === side);
    if (own.length === 0 && (side === "assumed by" || (side === "called by" && !hasCallers))) return null;
    const isKnown = isComplete && lines.more === 0;
    return (
      <div key={side}>
        <h4>{title}</h4>
        {own.length === 0 ? (
          <p className="quiet-text">{isKnown ? none : "unknown"}</p>
        ) : (
          <PermissionList lines={{ lines: own, more: index === 0 ? lines.more : 0 }} signOf={signOf} />
        )}
      </div>
    );
  });
}

/** Permissions that a change grants or revokes. */
export function PermissionChanges({ changes }: { readonly changes: readonly PermissionChange[] }): ReactNode {
  if (changes.length === 0) return null;
  return (
    <ul className="permissions">
      {changes.map(({ sign, what, on, place, remark, actions, conditions }, at) => (
        <li key={at} className="permission">
          <Sign sign={sign} />
          <span className="what">{what}</span> <span className="on">{on}</span>
          <span className="where"> {[place, remark].filter((part) => part !== "").join(", ")}</span>
          {[...actions, ...conditions].map((text, index) => (
            <span key={index} className="detail">
              {text}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
