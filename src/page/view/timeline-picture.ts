import type { TimelineStep } from "../../model/reads/timeline.ts";

/** A step of the picture, in units of its width and height. */
export interface TimelineBar {
  readonly at: string;
  /** Of the height of the picture; 0: no drift was seen. */
  readonly height: number;
  /** A part of the step, or all of it, was not read: it is never drawn as free of drift. */
  readonly isUnknown: boolean;
}

export const PICTURE_HEIGHT = 40;
/** A single drifting binding of ten thousand must be seen too. */
const LEAST_HEIGHT = 4;

/** The highest count, and a bar for each step. */
export function timelineBars(steps: readonly TimelineStep[]): {
  readonly most: number;
  readonly bars: readonly TimelineBar[];
} {
  const most = steps.reduce((highest, { drifting }) => Math.max(highest, drifting ?? 0), 0);
  const bars = steps.map(({ at, drifting, unread }) => ({
    at,
    height: heightOf(drifting ?? 0, most),
    isUnknown: drifting === null || unread > 0,
  }));
  return { most, bars };
}

function heightOf(drifting: number, most: number): number {
  return drifting === 0 ? 0 : Math.max(LEAST_HEIGHT, Math.round((drifting / most) * PICTURE_HEIGHT));
}

/** `3 of 96 steps are not known`: what a screen reader hears in place of the picture. */
export function pictureText(steps: readonly TimelineStep[]): string {
  const { most, bars } = timelineBars(steps);
  const unknown = bars.filter(({ isUnknown }) => isUnknown).length;
  const drifted = bars.filter(({ height }) => height > 0).length;
  const known =
    drifted === 0 ? "no drift seen" : `drift in ${drifted} of ${bars.length} steps, at most ${most}`;
  return unknown === 0 ? known : `${known}; ${unknown} of ${bars.length} steps not known`;
}
