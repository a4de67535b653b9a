import { NOT_FOLLOWED } from "../../explain/reverse/reach.ts";
import { REMOVED_TEXT, type EdgeState } from "../../model/answers/questions/access-map.ts";
import type { ReachAnswer, ReachedFunction, ReachedStep } from "../../model/answers/questions/reached.ts";
import { toned, type ScreenLine, type Tone } from "../../text/screen-line.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { shortArn } from "../../plan/render/words.ts";
import { functionsText, unknownLines } from "./unknown-lines.ts";
import { continued } from "../../text/layout/wrap.ts";

/** A tree: what the function may do, and below it the functions that it may run. */
export function reachLines(answer: ReachAnswer, layout: Layout): readonly ScreenLine[] {
  const { target, steps, unknown } = answer;
  const { width } = layout;
  return [
    ...continued(`${target} may`, width),
    ...(steps.length === 0 ? ["  nothing found"] : stepLines(steps, "  ", width)),
    "",
    ...roleLines(answer, layout),
    ...toned("aside", signLines(steps)),
    ...unknownLines(unknown, layout, "not shown"),
    ...toned("aside", continued(`NOT CHECKED ${NOT_FOLLOWED}`, width)),
  ];
}

/** Who may change a role changes what every function on it may do. */
function roleLines({ roles, unreadRoles }: ReachAnswer, { width, isWide }: Layout): readonly ScreenLine[] {
  if (roles === null)
    return toned("warning", ["its role was not read, so functions on the same role are not known"]);
  const unread = `the roles of ${functionsText(unreadRoles)} were not read: they may be on it too`;
  return [
    ...roles.flatMap(({ arn, others, more }) => {
      const named = isWide ? others : others.slice(0, NAMED);
      const left = others.length - named.length + more;
      const names = [...named.map((one) => one.target), ...(left > 0 ? [`${left} more`] : [])].join(", ");
      const role = shortArn(arn);
      return continued(
        names === "" ? `no other function is known to be on ${role}` : `also on ${role}: ${names}`,
        width,
      );
    }),
    ...(unreadRoles === 0 ? [] : toned("warning", continued(unread, width))),
  ];
}

const NAMED = 3;

/** What the signs mean that are on the screen. */
function signLines(steps: readonly ReachedStep[]): readonly string[] {
  const states = new Set(statesOf(steps));
  return Object.entries(MEANINGS).flatMap(([state, meaning]) =>
    states.has(state as EdgeState) ? [`${SIGNS[state as EdgeState]}${meaning}`] : [],
  );
}

function statesOf(steps: readonly ReachedStep[]): readonly EdgeState[] {
  return steps.flatMap(({ state, runs }) => [state, ...runs.flatMap((run) => statesOf(run.steps))]);
}

const MEANINGS = {
  removed: `in AWS, and ${REMOVED_TEXT}`,
  undeclared: "in AWS, and not declared",
  pending: "declared, and not in effect yet",
  unknown: "declared, and not observed in AWS",
} as const satisfies Record<Exclude<EdgeState, "effective">, string>;

const SIGNS = {
  effective: "",
  removed: "- ",
  undeclared: "+ ",
  pending: "~ ",
  unknown: "? ",
} as const satisfies Record<EdgeState, string>;
const TONES = {
  effective: null,
  removed: "warning",
  undeclared: "danger",
  pending: "aside",
  unknown: "warning",
} as const satisfies Record<EdgeState, Tone | null>;

function stepLines(steps: readonly ReachedStep[], indent: string, width: number): readonly ScreenLine[] {
  return steps.flatMap(({ what, on, details, state, runs, more }) => [
    ...toned(
      TONES[state],
      continued(`${indent}${SIGNS[state]}${what}  ${[on, ...details].join(", ")}`, width),
    ),
    ...runs.flatMap((one) => runLines(one, `${indent}  `, width)),
    ...(more > 0 ? [`${indent}  runs ${more} more functions`] : []),
  ]);
}

function runLines(
  { target, steps, cut }: ReachedFunction,
  indent: string,
  width: number,
): readonly ScreenLine[] {
  return [
    ...continued(`${indent}runs ${target}${cut === null ? "" : CUTS[cut]}`, width),
    ...stepLines(steps, `${indent}  `, width),
  ];
}

const CUTS = {
  elsewhere: " (shown where it is nearest)",
  depth: " (not followed: --depth)",
  many: " (not followed: 1,000 functions are followed)",
} as const satisfies Record<NonNullable<ReachedFunction["cut"]>, string>;
