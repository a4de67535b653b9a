import { keyParts } from "../../model/key.ts";
import type { DesiredAccount, DesiredBinding } from "../../model/desired.ts";
import type { Mode } from "../../model/mode.ts";
import type { Origin } from "../../model/origin.ts";
import { isChange, type PlanView } from "../../plan/render-plan.ts";
import { hanging } from "../../plan/render-columns.ts";
import { counted } from "../../plan/render-words.ts";

/** An account whose mode changes: what Grantkeeper may write changes with it, whatever the functions declare. */
export interface ModeChange {
  readonly account: string;
  readonly accountId: string;
  readonly from: Mode;
  readonly to: Mode;
  /** Functions of the account that do not stay in observe by themselves. */
  readonly functions: number;
  readonly origin: Origin;
  /** True where AWS was read, so that what differs is known. */
  readonly isLive: boolean;
}

export function modeChange(
  before: Pick<DesiredAccount, "mode"> | null,
  after: DesiredAccount,
  bindings: Iterable<DesiredBinding>,
  isLive: boolean,
): ModeChange | null {
  if (before === null || before.mode === after.mode) return null;
  const own = [...bindings].filter(({ accountId }) => accountId === after.id);
  const { name: account, id: accountId, mode: to, origin } = after;
  const functions = to === "enforce" ? own.filter(({ mode }) => mode === "enforce").length : own.length;
  return { account, accountId, from: before.mode, to, functions, origin, isLive };
}

export function modeLines(change: ModeChange, views: readonly PlanView[]): readonly string[] {
  const { account, from, to, origin, functions } = change;
  const place = `${origin.file}:${origin.line}:${origin.column}`;
  const verb = to === "enforce" ? "starts" : "stops";
  return [
    ...hanging(`warning: ${place}: account ${account}: ${from} → ${to}`, ""),
    ...hanging(
      `Grantkeeper ${verb} to write ${counted(functions, "function")}${differText(change, views)}`,
      "  ",
    ),
  ];
}

function differText({ accountId, to, isLive }: ModeChange, views: readonly PlanView[]): string {
  if (!isLive || to !== "enforce") return "";
  const differing = views.filter(
    (view) =>
      keyParts(view.key).accountId === accountId && keyParts(view.key).kind === "function" && isChange(view),
  );
  return `; ${differing.length} of them ${differing.length === 1 ? "differs" : "differ"} from Git`;
}
