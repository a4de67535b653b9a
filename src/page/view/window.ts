/** The rows of a long list that are on the screen, with some more on both sides. */
export interface Window {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** More rows than fit, so that a fast scroll shows no gap. */
const MARGIN = 12;

/** @param top the distance from the top of the list to the top of the screen, in pixels; negative: the list begins below it */
export function windowOf(
  { top, height }: { readonly top: number; readonly height: number },
  rowHeight: number,
  count: number,
): Window {
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + MARGIN);
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) };
}
