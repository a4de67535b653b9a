import type { BindingObject } from "../../api/bindings.ts";
import type { BindingWave } from "../../api/manifests.ts";
import type { AdoptionNeed } from "../../model/keys/adoption.ts";
import type { AdoptionUndoStatus } from "../../model/keys/adoption-undo.ts";
import { hanging } from "../../plan/render/columns.ts";
import { shortArn } from "../../plan/render/words.ts";
import { targetText, type NamedKey } from "../../model/keys/key.ts";
import { shortSubject, WAVE_STATES } from "../../wording/words.ts";
import { ago } from "../../wording/time.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** `ADOPTION proven 2d ago, from role/x`, and what the next stage needs. `nowMs` null: without ages, to compare targets. */
export function adoptionLines({ status }: BindingObject, nowMs: number | null): readonly ScreenLine[] {
  const { adoption, wave } = status;
  if (adoption === undefined) return [];
  const { state, since, reason, from, next, needs, undo } = adoption;
  const undone = undo === undefined ? [] : undoLines(undo, status, nowMs);
  if (reason !== null) {
    const name = state === "not-needed" ? "not needed" : state;
    return [
      ...hanging(`ADOPTION ${name}: ${reason}`, ""),
      ...needs.flatMap((need) => hintLines(need, "  ")),
      ...undone,
    ];
  }
  const when = nowMs === null ? "" : ` ${ago(since, nowMs)}`;
  const origin = from === null ? "" : `, from ${shortArn(from)}`;
  return [
    ...hanging(`ADOPTION ${state}${when}${origin}`, ""),
    ...(next === null ? [] : hanging(`${next} needs:`, "  ")),
    ...needs.flatMap(needLines),
    ...waveLines(wave),
    ...undone,
  ];
}

const UNDO_STATES = { running: "undo running", stopped: "undo stopped", done: "undone" } as const;

function undoLines(
  { state, to, actor, at, reason, until }: AdoptionUndoStatus,
  of: NamedKey,
  nowMs: number | null,
): readonly ScreenLine[] {
  const when = nowMs === null ? "" : ` ${ago(at, nowMs)}`;
  const why = reason === null ? "" : `: ${reason}`;
  const text = `${UNDO_STATES[state]} by ${actor}${when}, back to ${shortArn(to)}${why}`;
  return [
    ...hanging(text, "  "),
    ...(state === "done" && until !== null
      ? hint("to keep it so, set mode: observe before the suspension ends", "    ")
      : []),
    ...(state === "stopped"
      ? hint(`grantkeeper adopt ${targetText(of)} --undo shows the present plan`, "    ")
      : []),
  ];
}

/** `wave 2, awaiting approval: grantkeeper describe approval 42c519e2`. */
function waveLines(wave: BindingWave | undefined): readonly string[] {
  if (wave === undefined) return [];
  const { number, state, subject } = wave;
  if (state === "later") return hanging(`wave ${number} moves it: grantkeeper get waves`, "  ");
  if (wave.wave === "paused" && state === "waiting")
    return hanging(
      `wave ${number} is approved and paused, so that its switch needs no approval of its own: grantkeeper get waves`,
      "  ",
    );
  const what = wave.wave === null ? "" : `, ${WAVE_STATES[wave.wave]}`;
  const next = subject === null ? "get waves" : `describe approval ${shortSubject(subject)}`;
  return hanging(`wave ${number}${what}: grantkeeper ${next}`, "  ");
}

function needLines(need: AdoptionNeed): readonly ScreenLine[] {
  return [...hanging(need.message, "    "), ...hintLines(need, "    ")];
}

function hintLines({ fix }: AdoptionNeed, indent: string): readonly ScreenLine[] {
  return fix === null ? [] : hint(fix, indent);
}

function hint(text: string, indent: string): readonly ScreenLine[] {
  return labelledLines("hint", text, { indent });
}
