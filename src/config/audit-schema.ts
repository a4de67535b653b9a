import { z } from "zod";
import { duration } from "./field-forms.ts";

/** A plan that waits for approval, and the names of earlier ones, are looked up in the record. */
const LEAST_RETENTION_MS = 30 * 86_400_000;
/** A backup that is made each hour is sometimes a little late. */
const LEAST_BACKUP_AGE_MS = 3_600_000;

/** Backups are made by a timer outside: their results and age are watched. */
export const backupRule = z.strictObject({
  maxAge: duration
    .refine((ms) => ms >= LEAST_BACKUP_AGE_MS, "expected at least 1h; null: the age of backups is not judged")
    .nullable()
    .optional(),
});

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
