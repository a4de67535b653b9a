import { cutText } from "../../../text/cut.ts";
import type { ReactNode } from "react";
import { counted } from "../../../text/phrases.ts";
import { REMOVED_TEXT } from "../../../model/answers/questions/access-map.ts";
import type { FunctionReach, ReachNode } from "../../view/reach.ts";

const ROW = 40;
const MOST = 20;
const TEXT = 36;

interface PlacedNode extends ReachNode {
  readonly y: number;
}

/** Callers in the function's own policy on the left, resources on the right. The lists above have the same in words: this is a picture of them. */
export function ReachGraph({
  reach,
  name,
}: {
  readonly reach: FunctionReach;
  readonly name: string;
}): ReactNode {
  const { callers, resources, isComplete } = reach;
  if (callers.length + resources.length === 0)
    return (
      <p className="empty">
        {isComplete
          ? "No permissions, and no callers in a policy of its own."
          : "Unknown: not everything was read, or newer reads fail."}
      </p>
    );
  const rows = Math.max(Math.min(callers.length, MOST), Math.min(resources.length, MOST), 1);
  const height = rows * ROW + 20;
  const left = placed(callers, height);
  const right = placed(resources, height);
  const hidden = callers.length + resources.length - left.length - right.length;
  const label = `${counted(namesIn(callers), "caller")} and ${counted(namesIn(resources), "resource")} of ${name}`;
  return (
    <figure className="graph">
      <svg viewBox={`0 0 1000 ${height}`} role="img" aria-label={label}>
        {left.map((node) => (
          <Side key={idOf(node)} node={node} middle={height / 2} isLeft />
        ))}
        {right.map((node) => (
          <Side key={idOf(node)} node={node} middle={height / 2} isLeft={false} />
        ))}
        <rect className="self" x={410} y={height / 2 - 20} width={180} height={40} rx={8} />
        <text className="self-name" x={500} y={height / 2 + 5} textAnchor="middle">
          {cutText(name, 22)}
        </text>
      </svg>
      <figcaption className="quiet-text">
        Solid: declared in Git. Dashed and red, with +: only in AWS. Dashed and yellow, with -: {REMOVED_TEXT}
        , and still in AWS. Dashed and grey: declared in Git, and pending or not observed in AWS.
        {hidden > 0 && ` ${hidden} more are in the lists above.`}
        {!isComplete && " Not everything was read, or newer reads fail: there may be more."}
      </figcaption>
    </figure>
  );
}

function placed(nodes: readonly ReachNode[], height: number): readonly PlacedNode[] {
  const shown = nodes.slice(0, MOST);
  const step = height / (shown.length + 1);
  return shown.map((node, at) => ({ ...node, y: step * (at + 1) }));
}

const idOf = ({ name, state }: ReachNode): string => `${state} ${name}`;

/** The same resource may be there twice: with a declared and with an undeclared line. */
const namesIn = (nodes: readonly ReachNode[]): number => new Set(nodes.map(({ name }) => name)).size;

const CLASSES = {
  effective: "declared",
  removed: "removed",
  undeclared: "undeclared",
  pending: "git-only",
  unknown: "git-only",
} as const satisfies Record<ReachNode["state"], string>;

/** A permission that Git no longer declares was not added in AWS. */
const SIGNS = {
  effective: "",
  removed: "- ",
  undeclared: "+ ",
  pending: "",
  unknown: "",
} as const satisfies Record<ReachNode["state"], string>;

function Side({
  node: { name, state, whats, y },
  middle,
  isLeft,
}: {
  readonly node: PlacedNode;
  readonly middle: number;
  readonly isLeft: boolean;
}): ReactNode {
  const [inner, outer] = isLeft ? [410, 300] : [590, 700];
  const what = whats.join(", ");
  const bend = (inner + outer) / 2;
  return (
    <g className={CLASSES[state]}>
      <path d={`M ${inner} ${middle} C ${bend} ${middle}, ${bend} ${y}, ${outer} ${y}`} />
      <text x={isLeft ? outer - 8 : outer + 8} y={y - 2} textAnchor={isLeft ? "end" : "start"}>
        <title>{name}</title>
        {SIGNS[state]}
        {cutText(name, TEXT)}
      </text>
      <text
        className="what"
        x={isLeft ? outer - 8 : outer + 8}
        y={y + 13}
        textAnchor={isLeft ? "end" : "start"}
      >
        <title>{what}</title>
        {cutText(what, TEXT + 6)}
      </text>
    </g>
  );
}
