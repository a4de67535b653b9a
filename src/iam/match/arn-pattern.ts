import { arnFields, completedFields, missingFields } from "../../model/aws/arns/arn-fields.ts";
import { compileGlob, globMatches, type Glob } from "./glob.ts";

/** `ArnLike`: each of the six parts is compared by itself. A pattern short of six that ends in a star has stars for the rest; `*` is any ARN. */
export function compileArn(pattern: string): readonly Glob[] | undefined {
  if (missingFields(pattern) > 0 && !pattern.endsWith("*")) return undefined;
  return completedFields(pattern).map(compileGlob);
}

export function arnMatches(globs: readonly Glob[], text: string): boolean {
  const fields = arnFields(text);
  return fields.length === globs.length && globs.every((glob, at) => globMatches(glob, fields[at] ?? ""));
}
