import { z } from "zod";
import { parseInstant } from "../../text/instant.ts";

/** Milliseconds since 1970 of a day, which begins at 00:00 UTC, or of a time. */
export const instant = z.string().transform((text, context) => {
  const ms = parseInstant(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: "expected 2026-09-30 or 2026-09-30T12:00:00Z" });
  return z.NEVER;
});
