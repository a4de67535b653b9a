import { compileGlob, globMatches, type Glob } from "./glob.ts";

/** The six parts of an ARN, the last with its colons; undefined for what is none. */
function arnParts(text: string): readonly string[] | undefined {
  const parts = text.split(":");
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** `ArnLike`: each of the six parts is compared by itself. A pattern short of six that ends in a star has stars for the rest; `*` is any ARN. */
export function compileArn(pattern: string): readonly Glob[] | undefined {
  const parts = pattern.split(":");
  if (parts.length >= 6) return arnParts(pattern)?.map(compileGlob);
  if (!pattern.endsWith("*")) return undefined;
  return [...parts, "*", "*", "*", "*", "*"].slice(0, 6).map(compileGlob);
}

export function arnMatches(globs: readonly Glob[], text: string): boolean {
  const parts = arnParts(text);
  return parts !== undefined && globs.every((glob, at) => globMatches(glob, parts[at] ?? ""));
}
