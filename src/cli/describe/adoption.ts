import type { BindingObject } from "../../api/bindings.ts";
import type { AdoptionNeed } from "../../model/keys/adoption.ts";
import { hanging } from "../../plan/render/columns.ts";
import { shortArn } from "../../plan/render/words.ts";
import { ago } from "../screen/time.ts";

/** `ADOPTION proven 2d ago, from role/x`, and what the next stage needs. `nowMs` null: without ages, to compare targets. */
export function adoptionLines(
  { status: { adoption } }: BindingObject,
  nowMs: number | null,
): readonly string[] {
  if (adoption === undefined) return [];
  const { state, since, reason, from, next, needs } = adoption;
  if (reason !== null) {
    const name = state === "not-needed" ? "not needed" : state;
    return hanging(`ADOPTION ${name}: ${reason}`, "");
  }
  const when = nowMs === null ? "" : ` ${ago(since, nowMs)}`;
  const origin = from === null ? "" : `, from ${shortArn(from)}`;
  return [
    ...hanging(`ADOPTION ${state}${when}${origin}`, ""),
    ...(next === null ? [] : hanging(`${next} needs:`, "  ")),
    ...needs.flatMap(needLines),
  ];
}

function needLines({ message, fix }: AdoptionNeed): readonly string[] {
  return [...hanging(message, "    "), ...(fix === null ? [] : hanging(`hint: ${fix}`, "    "))];
}
