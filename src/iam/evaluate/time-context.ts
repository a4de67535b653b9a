/** The time as IAM's keys have it. */
export function timeContext(nowMs: number): Readonly<Record<string, string>> {
  const seconds = Math.floor(nowMs / 1_000);
  return {
    "aws:currenttime": new Date(seconds * 1_000).toISOString().replace(".000Z", "Z"),
    "aws:epochtime": String(seconds),
  };
}
