import { isLater, type RowEvent } from "./watch-events.ts";

/** The version up to which a screen without the list of all bindings follows their changes. */
export function followedTo(version: string, events: readonly RowEvent[]): string {
  let reached = version;
  for (const event of events)
    if (event.kind !== "ended" && isLater(event.version, reached)) reached = event.version;
  return reached;
}

/** Whether something that other reads show may have changed. */
export function areChanges(events: readonly RowEvent[]): boolean {
  return events.some(({ kind }) => kind === "row" || kind === "removed");
}

/** Whether rows of this version lack changes that a stream, which began later, does not have either. @param from where it began */
export function hasGap(version: string, from: string): boolean {
  return isLater(from, version);
}
