/** The fix of an answer that the forge may not give again. `doctor` shows it too, where nothing is repeated. */
export const BUSY_FIX = "no action required unless it lasts";

/**
 * Whether a forge refused a request because there were too many before it. GitHub answers 403 for its limits, and those
 * called secondary may come without a header.
 * @param isAnnounced a header names a pause, or that no request is left
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function isRateLimit(status: number, isAnnounced: boolean, message: string): boolean {
  if (status === 429) return true;
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of the forge, which has no code for it
  return status === 403 && (isAnnounced || /rate limit|abuse detection/i.test(message));
}
