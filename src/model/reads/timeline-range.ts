/** How far back a timeline goes. */
export const TIMELINE_RANGES = ["24h", "7d", "30d"] as const;
export type TimelineRange = (typeof TIMELINE_RANGES)[number];
