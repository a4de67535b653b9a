import { formatPath, type ValuePath } from "./value-path.ts";

/** A path's text, and the paths that continue it. */
interface KnownPath {
  readonly text: string;
  readonly below: Map<string | number, KnownPath>;
}

/**
 * Formats paths, equal ones once: ten thousand manifests have the same few dozen paths, and each of their origins keeps
 * one. Without it the compiled state of 2,000 bindings takes 8 % more memory, of 10,000 about 8 % more time to compile.
 * Nothing is removed, so it lives for one compilation.
 */
export class PathTexts {
  readonly #start: KnownPath = { text: "", below: new Map() };

  textOf(path: ValuePath): string {
    let at = this.#start;
    let depth = 0;
    for (const step of path) {
      depth += 1;
      at = at.below.get(step) ?? addedBelow(at, path.slice(0, depth));
    }
    return at.text;
  }
}

function addedBelow({ below }: KnownPath, path: ValuePath): KnownPath {
  const added = { text: formatPath(path), below: new Map() };
  below.set(path.at(-1) ?? "", added);
  return added;
}
