import { isMap, isScalar, type parseDocument } from "yaml";
import type { Position } from "../text/positions.ts";

/** A parsed YAML file with the offsets of its nodes. */
export interface LocatedYaml {
  readonly file: string;
  readonly document: ReturnType<typeof parseDocument>;
  readonly positionAt: (offset: number) => Position;
}

export function offsetPlace(
  { file, positionAt }: Pick<LocatedYaml, "file" | "positionAt">,
  offset: number,
): string {
  const { line, column } = positionAt(offset);
  return `${file}:${line}:${column}`;
}

/** The place of the value at a path, or of the innermost value around it that exists. */
export function valuePlace(yaml: LocatedYaml, path: readonly PropertyKey[]): string {
  const keys = path.map(String);
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = yaml.document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return `${offsetPlace(yaml, offset)} ${keys.join(".")}`;
  }
  return `${yaml.file} ${keys.join(".")}`.trimEnd();
}

/** The place of the name of a field; undefined where the field does not exist. */
export function keyPlace(yaml: LocatedYaml, path: readonly PropertyKey[]): string | undefined {
  const { document } = yaml;
  const owner = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(owner)) return undefined;
  const pair = owner.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
  const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  return offset === undefined ? undefined : `${offsetPlace(yaml, offset)} ${path.map(String).join(".")}`;
}
