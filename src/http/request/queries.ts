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
const includeObject = z.enum(["Metadata", "Object", "None"]).default("Metadata");

/** Selects a part of a list; docs/api.md lists the parameters. */
export const listQuery = z.strictObject({
  ...IGNORED,
  watch: z.enum(["false", "0"], "watches are not supported: list again").optional(),
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
