import { parseInstant } from "../../text/instant.ts";
import { z } from "zod";
import { parseKey, type Key } from "../../model/keys/key.ts";

const MAX_KEYS = 50;
/** Keys with commas between them: a client that waits for a few keys reads only those. */
const keyList = z.string().transform((text, context): ReadonlySet<Key> => {
  const keys = text.split(",").map(parseKey);
  const known = keys.filter((key) => key !== undefined);
  if (known.length === keys.length && keys.length <= MAX_KEYS) return new Set(known);
  context.addIssue({ code: "custom", message: `expected at most ${MAX_KEYS} keys, separated by commas` });
  return z.NEVER;
});

const text = z.string().max(300);
const truth = z.enum(["true", "false", "1", "0"]);
const selector = z.string().max(1_000, "expected at most 1000 characters").optional();

/** What kubectl and its libraries add to every read; the answer does not depend on it. */
const IGNORED = {
  pretty: text.optional(),
  resourceVersion: text.optional(),
  resourceVersionMatch: text.optional(),
  timeout: text.optional(),
  timeoutSeconds: text.optional(),
  allowWatchBookmarks: truth.optional(),
  sendInitialEvents: truth.optional(),
};

/** The object in each row of a table. */
const includeObject = z.enum(["Metadata", "Summary", "Object", "None"]).default("Metadata");

/** Selects a part of a list; docs/api.md lists the parameters. */
export const listQuery = z.strictObject({
  ...IGNORED,
  watch: z.enum(["false", "0"]).optional(),
  labelSelector: selector,
  fieldSelector: selector,
  limit: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, "expected a number from 1")
    .transform(Number)
    .optional(),
  continue: z.string().max(1_000, "expected a value from a list of this server").optional(),
  keys: keyList.optional(),
  includeObject,
});

export type ListQuery = z.output<typeof listQuery>;

export const oneQuery = z.strictObject({ ...IGNORED, includeObject });

const number = z
  .string()
  .regex(/^\d{1,9}$/, "expected a number of seconds")
  .transform(Number);

/** A watch of a list; docs/api.md lists the parameters. */
export const watchQuery = z.strictObject({
  ...IGNORED,
  watch: z.enum(["true", "1"]),
  labelSelector: selector,
  fieldSelector: selector,
  timeoutSeconds: number.optional(),
  // A list before it may have had them.
  limit: text.optional(),
  keys: keyList.optional(),
  includeObject,
});

export type WatchQuery = z.output<typeof watchQuery>;

/** Whether the request is a watch; the rest of its query may still be wrong. */
export function asksToWatch(query: unknown): boolean {
  return watchQuery.shape.watch.safeParse((query as { readonly watch?: unknown } | null)?.watch).success;
}

export function isTrue(text: string | undefined): boolean {
  return text === "true" || text === "1";
}

/** Milliseconds since 1970 of a day, which begins at 00:00 UTC, or of a time. */
export const instant = z.string().transform((text, context) => {
  const ms = parseInstant(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: "expected 2026-09-30 or 2026-09-30T12:00:00Z" });
  return z.NEVER;
});
