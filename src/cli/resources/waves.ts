import type { WaveObject } from "../../api/bindings.ts";
import { ownerText } from "../../model/keys/key.ts";
import { counted } from "../../text/phrases.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { ago, clockTime } from "../../wording/time.ts";
import { shortSubject, WAVE_STATES } from "../../wording/words.ts";
import type { TableContext } from "./resource-tables.ts";

type WaveStatus = WaveObject["status"];

/** The columns of `get waves`. */
export function waveColumns({ nowMs }: TableContext): readonly Column<WaveObject>[] {
  return [
    { title: "NAMESPACE", cell: ({ metadata }) => metadata.namespace ?? "" },
    { title: "ACCOUNT", cell: ({ status }) => status.account },
    { title: "WAVE", cell: ({ status }) => String(status.number), align: "right" },
    { title: "STATE", cell: ({ status }) => WAVE_STATES[status.state] },
    { title: "SWITCHED", cell: ({ status }) => switchedText(status), align: "right" },
    { title: "LATER", cell: ({ status }) => String(status.later.length), align: "right" },
    { title: "READ", cell: ({ status }) => ago(status.readAt, nowMs), watched: () => "" },
  ];
}

function switchedText({ functions, ended }: WaveStatus): string {
  if (functions.length === 0) return String(ended.at(-1)?.functions ?? 0);
  const rest = functions.filter(({ state }) => state !== "left");
  return `${rest.filter(({ state }) => state === "switched").length}/${rest.length}`;
}

export function waveMessage({ nowMs }: TableContext): MessageColumn<WaveObject> {
  return {
    title: "NEXT",
    texts: ({ status }) => [
      nextText(status, nowMs),
      ...status.stops.map(({ key, reason, at }) => `stopped ${ago(at, nowMs)}: ${ownerText(key)}: ${reason}`),
      ...needTexts(status),
      ...(status.state === "watching" ? [`not watched: ${status.notWatched.join("; ")}`] : []),
    ],
  };
}

function nextText(status: WaveStatus, nowMs: number): string {
  const { state, subject, approved, suspendedUntil, watch, number } = status;
  const at = (time: string | null | undefined): string =>
    time === null || time === undefined ? "unknown" : clockTime(time, nowMs);
  switch (state) {
    case "awaiting-approval":
      return `grantkeeper describe approval ${shortSubject(subject ?? "")}`;
    case "rejected":
      return "an operator rejected it: grantkeeper get approvals --all";
    case "switching":
      return `approved by ${approved?.by ?? "unknown"} until ${at(approved?.until)}`;
    case "paused":
      return `suspended until ${at(suspendedUntil)}`;
    case "watching":
      return `wave ${number + 1} opens after ${at(watch?.until)}, if every sweep until then sees nothing wrong`;
    case "not-ready":
    case "moving":
      return "waits for its functions";
    case "ended":
      return "no other function is proven";
  }
}

const NEEDS_SHOWN = 3;

function needTexts({ functions }: WaveStatus): readonly string[] {
  const needs = functions.flatMap(({ key, needs: need }) =>
    need === null ? [] : [`${ownerText(key)}: ${need}`],
  );
  const more = needs.length - NEEDS_SHOWN;
  return [
    ...needs.slice(0, NEEDS_SHOWN),
    ...(more > 0 ? [`and ${counted(more, "other function")}: -o json lists them`] : []),
  ];
}
