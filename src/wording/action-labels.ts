import type { ActionItem, ItemKind } from "../api/action-required.ts";
import { age, deadline } from "./time.ts";

export function itemLabel(kind: ItemKind): string {
  return kind.replace("-", " ");
}

/** The target, the problem and its age. */
export function headText(item: ActionItem, nowMs: number): string {
  const { target, message, since } = item;
  if (item.kind === "suspended")
    return `${target}: until ${deadline(item.until, nowMs)} by ${item.actor}: "${item.reason}"`;
  if (item.kind === "orphans")
    return `${target} ${message}${since === null ? "" : `, oldest ${age(since, nowMs)}`}`;
  return `${target}: ${message}${sinceText(item, nowMs)}`;
}

function sinceText({ kind, since }: ActionItem, nowMs: number): string {
  if (since === null) return "";
  if (LASTING.has(kind)) return ` for ${age(since, nowMs)}`;
  if (kind === "unrecorded") return `, the first found ${age(since, nowMs)} ago`;
  if (kind === "events-lost") return `, the first ${age(since, nowMs)} ago`;
  if (kind === "record") return `, found ${age(since, nowMs)} ago`;
  if (kind === "backup") return `, unresolved for ${age(since, nowMs)}`;
  return kind === "approval" ? `, waiting for ${age(since, nowMs)}` : "";
}

/** Items whose message goes on with how long it has been so. */
const LASTING: ReadonlySet<ItemKind> = new Set([
  "unreadable",
  "unwritable",
  "alerts",
  "change-queue",
  "push-queue",
]);
