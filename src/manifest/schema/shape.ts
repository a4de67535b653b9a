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
  /** The values of an enumeration. */
  readonly entries?: Readonly<Record<string, string | number>>;
}

export function schemaParts(schema: z.core.$ZodType): SchemaParts {
  return (schema as z.ZodType).def;
}

/** The names that an object at the path may have; empty if any are allowed. */
export function fieldNames(schema: z.core.$ZodType, path: ValuePath): readonly string[] {
  return schemasAt(schema, path).flatMap((found) => Object.keys(schemaParts(found).shape ?? {}));
}

/** The schema of the value at a path; of several alternatives that have the path, the first. */
export function schemaAt(schema: z.core.$ZodType, path: ValuePath): z.core.$ZodType | undefined {
  return schemasAt(schema, path)[0];
}

/** Without the wrappers of optional fields; one for each alternative that has the path. */
function schemasAt(schema: z.core.$ZodType, path: ValuePath): readonly z.core.$ZodType[] {
  const parts = schemaParts(schema);
  if (parts.innerType !== undefined) return schemasAt(parts.innerType, path);
  if (parts.options !== undefined) return parts.options.flatMap((option) => schemasAt(option, path));
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  const next = parts.element ?? parts.valueType ?? parts.shape?.[String(step)];
  return next === undefined ? [] : schemasAt(next, rest);
}
