import { z } from "zod";
import { duration } from "./field-forms.ts";

/** A plan that waits for approval, and the names of earlier ones, are looked up in the record. */
const LEAST_RETENTION_MS = 30 * 86_400_000;

/** What becomes of the entries of the record. */
export const auditRecord = z
  .strictObject({
    stdout: z.boolean().default(false),
    retention: duration
      .refine(
        (ms) => ms >= LEAST_RETENTION_MS,
        "expected at least 30d; without retention, every entry is kept",
      )
      .optional(),
    archive: z.string().min(1).optional(),
  })
  .refine(
    ({ retention, archive }) => archive === undefined || retention !== undefined,
    "archive belongs to retention: add how long entries are kept, such as retention: 400d",
  );
