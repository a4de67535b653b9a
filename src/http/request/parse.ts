import type { z } from "zod";
import type { FailureCause } from "../../api/failure.ts";
import { ApiFailure } from "./failure.ts";

/**
 * A body or query as its schema says it, unknown fields refused.
 * @throws ApiFailure BadRequest with every cause at once
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
  if (issue.code !== "unrecognized_keys") return [{ field: pathText(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({
    field: pathText([...issue.path, key.slice(0, 100)]),
    message: "unknown field",
  }));
}

/** `scope.accountId`, `keys[3]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}
