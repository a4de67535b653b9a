import type { DenialsObject } from "../../api/permissions.ts";
import { hanging } from "../../plan/render/columns.ts";
import { shortArn } from "../../plan/render/words.ts";
import { targetText } from "../../model/keys/key.ts";
import { counted } from "../../text/phrases.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";
import { ago } from "../../wording/time.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

const RECENT_MS = 86_400_000;
const MOST = 3;

/** The requests that AWS denied the function in the last 24 hours, the newest first, and how many other calls the list lacks. */
export function denialLines(all: readonly DenialsObject[], nowMs: number): readonly ScreenLine[] {
  return all.flatMap(({ status }) => {
    const recent = status.requests
      .filter(({ lastAt }) => Date.parse(lastAt) > nowMs - RECENT_MS)
      .toSorted((a, b) => Date.parse(b.lastAt) - Date.parse(a.lastAt));
    const { otherCalls } = status;
    if (recent.length === 0 && otherCalls === 0) return [];
    const command = `grantkeeper denials ${targetText(status)} --server`;
    const more = recent.length - MOST;
    const others = `${counted(otherCalls, "denied call")} of other kinds`;
    return [
      ...toned("warning", hanging(`DENIED in the last 24h: ${counted(recent.length, "request")}`, "")),
      ...recent.slice(0, MOST).flatMap((one) => hanging(requestText(one, nowMs), "  ")),
      ...(more > 0 ? [`  and ${counted(more, "other request")}`] : []),
      ...(otherCalls > 0 ? [`  and in the last 7d ${others}`] : []),
      ...labelledLines("hint", `the lines that would allow them: ${command}`, { indent: "  " }),
    ];
  });
}

function requestText(
  { reported, calls, firstAt, lastAt }: DenialsObject["status"]["requests"][number],
  nowMs: number,
): string {
  const { action, operation, resource } = reported;
  const on = resource === null ? "" : ` on ${shortArn(resource)}`;
  const when =
    calls === 1 ? ago(lastAt, nowMs) : `${calls} calls, ${ago(firstAt, nowMs)} to ${ago(lastAt, nowMs)}`;
  return `${action ?? operation ?? "a call"}${on}: ${when}`;
}
