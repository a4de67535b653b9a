import type { ValuePath } from "../../text/located/value-path.ts";
import type { z } from "zod";

/** The parts of a schema's own description that are needed to find the fields at a path. */
interface SchemaParts {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
}

export function schemaParts(schema: z.core.$ZodType): SchemaParts {
  return (schema as z.ZodType).def;
}

/** The names that an object at the path may have; empty if any are allowed. */
export function fieldNames(schema: z.core.$ZodType, path: ValuePath): readonly string[] {
  const parts = schemaParts(schema);
  if (parts.innerType !== undefined) return fieldNames(parts.innerType, path);
  if (parts.options !== undefined) return parts.options.flatMap((option) => fieldNames(option, path));
  const [step, ...rest] = path;
  if (step === undefined) return Object.keys(parts.shape ?? {});
  const next = parts.element ?? parts.valueType ?? parts.shape?.[String(step)];
  return next === undefined ? [] : fieldNames(next, rest);
}
