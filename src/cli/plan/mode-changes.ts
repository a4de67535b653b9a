import { keyParts } from "../../model/key.ts";
import type { DesiredAccount, DesiredBinding } from "../../model/desired.ts";
import type { Mode } from "../../model/mode.ts";
import type { Origin } from "../../model/origin.ts";
import { isChange, type PlanView } from "../../plan/render/plan.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { ownerText } from "../../model/target-text.ts";
import { hanging } from "../../plan/render/columns.ts";
import { counted } from "../../plan/render/words.ts";

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
    ...firstLines(change, views),
  ];
}

const SHOWN = 3;

/** What an account that starts to enforce changes first, where AWS was read. */
function firstLines(change: ModeChange, views: readonly PlanView[]): readonly string[] {
  const differing = differingViews(change, views).filter(({ plan }) => (plan?.actions.length ?? 0) > 0);
  if (!change.isLive || change.to !== "enforce" || differing.length === 0) return [];
  const calls = differing.reduce((sum, { plan }) => sum + (plan?.actions.length ?? 0), 0);
  const isHeld = differing.every(({ verdict }) => verdict?.kind === "hold");
  const lines = differing.flatMap(({ key, delta }) =>
    permissionChanges(delta).map((one) => {
      const text = permissionText(one);
      return `${text.slice(0, 2)}${ownerText(key)}: ${text.slice(2)}`;
    }),
  );
  return [
    `  Will change in AWS first${isHeld ? ", after approval" : ""} (${counted(calls, "call")}):`,
    ...lines.slice(0, SHOWN).flatMap((line) => hanging(line, "  ")),
    ...(lines.length > SHOWN ? ["  …"] : []),
  ];
}

function differingViews({ accountId }: ModeChange, views: readonly PlanView[]): readonly PlanView[] {
  return views.filter(
    (view) =>
      keyParts(view.key).accountId === accountId && keyParts(view.key).kind === "function" && isChange(view),
  );
}

function differText(change: ModeChange, views: readonly PlanView[]): string {
  const { to, isLive } = change;
  if (!isLive || to !== "enforce") return "";
  const differing = differingViews(change, views);
  return `; ${differing.length} of them ${differing.length === 1 ? "differs" : "differ"} from Git`;
}
