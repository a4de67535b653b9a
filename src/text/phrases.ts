import type { Suspension } from "../model/approval.ts";

/** `1 role`, `2 roles`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The names that `someOf` shows. */
export function firstOf(names: readonly string[]): readonly string[] {
  return names.slice(0, 3);
}

/** `a, b and 3 more`: names in a sentence. */
export function someOf(names: readonly string[]): string {
  const first = firstOf(names);
  const shown = first.join(", ");
  return names.length > first.length ? `${shown} and ${names.length - first.length} more` : shown;
}

/** `until 2026-10-01 12:00:00Z by ci: "reason"`. */
export function suspensionText({ until, actor, reason }: Omit<Suspension, "id" | "scope" | "at">): string {
  return `until ${timeText(until)} by ${actor}: "${reason}"`;
}

/** `2026-10-01 12:00:00Z`: an ISO 8601 time in a sentence, without milliseconds. */
export function timeText(iso: string): string {
  return iso.replace("T", " ").replace(/\.\d+Z$/, "Z");
}
