import { beginningOf } from "../../text/cut.ts";
import type { z } from "zod";
import type { FailureCause } from "../../api/failure.ts";
import { formatPath } from "../../text/located/value-path.ts";
import { ApiFailure } from "./failure.ts";

/**
 * A body or query in the form of its schema; unknown fields are refused.
 * @throws ApiFailure BadRequest with all causes
 */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const causes = parsed.error.issues.flatMap(causesOf).slice(0, 20);
  const message = causes
    .map(({ field, message }) => (field === "" ? message : `${field}: ${message}`))
    .join("; ");
  throw new ApiFailure("BadRequest", message, { causes });
}

function causesOf(issue: z.core.$ZodIssue): readonly FailureCause[] {
  if (issue.code !== "unrecognized_keys") return [{ field: formatPath(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({
    field: formatPath([...issue.path, beginningOf(key, 100)]),
    message: "unknown field",
  }));
}
