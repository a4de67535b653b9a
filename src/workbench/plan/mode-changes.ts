import { INLINE_NAME } from "../../diff/documents/document-context.ts";
import { accountIdOf, isBindingKey, ownerText } from "../../model/keys/key.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { Mode } from "../../model/rules/mode.ts";
import type { Origin } from "../../model/values/origin.ts";
import { waitsByItself } from "../../model/verdict.ts";
import { isRefused, type PlanView } from "../../plan/render/plan-view.ts";
import { permissionChanges, unsignedText } from "../../plan/render/permission-changes.ts";
import { homeOf } from "../../plan/render/words.ts";
import { hanging } from "../../plan/render/columns.ts";
import { counted } from "../../text/phrases.ts";
import { type ScreenLine, signTone, toned } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** An account whose mode changes: Grantkeeper then writes more or fewer functions, although no manifest of them changed. */
export interface ModeChange {
  readonly account: string;
  readonly accountId: string;
  readonly from: Mode;
  readonly to: Mode;
  /** Functions of the account that do not stay in observe by themselves. */
  readonly functions: number;
  /** Of `spec.mode`. */
  readonly origin: Origin;
  /** The ceiling of the operator's file; null offline, where what differs is not known either. */
  readonly processMode: Mode | null;
}

/** @param processMode null offline: AWS was not read */
export function modeChange(
  before: Pick<DesiredAccount, "mode"> | null,
  after: DesiredAccount,
  { bindings, processMode }: Pick<Desired, "bindings"> & Pick<ModeChange, "processMode">,
): ModeChange | null {
  if (before === null || before.mode === after.mode) return null;
  const own = [...bindings.values()].filter(({ accountId }) => accountId === after.id);
  const { name: account, id: accountId, mode: to, modeOrigin: origin } = after;
  const functions = to === "enforce" ? own.filter(({ mode }) => mode === "enforce").length : own.length;
  return { account, accountId, from: before.mode, to, functions, origin, processMode };
}

export function modeLines(change: ModeChange, views: readonly PlanView[]): readonly ScreenLine[] {
  const { account, from, to, origin } = change;
  const place = `${origin.file}:${origin.line}:${origin.column}`;
  return [
    ...labelledLines("warning", `${place}: account ${account}: ${from} → ${to}`),
    ...hanging(writesText(change, views), "  "),
    ...firstLines(change, views),
  ];
}

function writesText(change: ModeChange, views: readonly PlanView[]): string {
  const { to, functions } = change;
  if (changesNothing(change)) return "Grantkeeper itself runs in observe: it still writes nothing";
  const verb = to === "enforce" ? "starts" : "stops";
  return `Grantkeeper ${verb} to write ${counted(functions, "function")}${differText(change, views)}`;
}

function changesNothing({ processMode }: ModeChange): boolean {
  return processMode === "observe";
}

const SHOWN = 3;

/** What an account that starts to enforce changes first, where AWS was read. */
function firstLines(change: ModeChange, views: readonly PlanView[]): readonly ScreenLine[] {
  if (change.processMode === null || change.to !== "enforce" || changesNothing(change)) return [];
  const changing = differingViews(change, views).filter((view) => callsOf(view) > 0 && !isRefused(view));
  const when = Map.groupBy(changing, startOf);
  return Object.entries(STARTS).flatMap(([start, title]) =>
    blockLines(title, when.get(start as Start) ?? []),
  );
}

/** In this order. */
const STARTS = {
  free: "Will change in AWS first",
  waiting: "Will change in AWS once its change windows and dependsOn allow it",
  held: "Will change in AWS first, after approval",
} as const;

type Start = keyof typeof STARTS;

function startOf({ verdict }: PlanView): Start {
  if (verdict?.kind !== "hold") return "free";
  return waitsByItself(verdict.code) ? "waiting" : "held";
}

function blockLines(title: string, views: readonly PlanView[]): readonly ScreenLine[] {
  if (views.length === 0) return [];
  const calls = views.reduce((sum, view) => sum + callsOf(view), 0);
  const lines = views.flatMap(({ key, delta }) =>
    permissionChanges(delta, homeOf(key)).map((one) => {
      // All declared permissions are in this policy: its name adds nothing.
      const text = unsignedText(one.place === OWN_POLICY ? { ...one, place: "" } : one);
      return toned(signTone(one.sign), hanging(`${one.sign} ${ownerText(key)}: ${text}`, "  "));
    }),
  );
  return [
    `  ${title} (${counted(calls, "call")}):`,
    ...lines.slice(0, SHOWN).flat(),
    ...(lines.length > SHOWN ? ["  …"] : []),
  ];
}

const OWN_POLICY = `policy "${INLINE_NAME}"`;

function callsOf({ plan }: PlanView): number {
  return plan?.actions.length ?? 0;
}

/** Functions of the account that differ from Git, whether or not a call may change it. */
function differingViews({ accountId }: ModeChange, views: readonly PlanView[]): readonly PlanView[] {
  return views.filter(({ key, plan }) => {
    const isOwn = accountIdOf(key) === accountId && isBindingKey(key);
    return isOwn && plan !== null && plan.actions.length + plan.approvable.length + plan.withheld.length > 0;
  });
}

function differText(change: ModeChange, views: readonly PlanView[]): string {
  const { to, processMode } = change;
  if (processMode === null || to !== "enforce") return "";
  const differing = differingViews(change, views);
  return `; ${differing.length} of them ${differing.length === 1 ? "differs" : "differ"} from Git`;
}
