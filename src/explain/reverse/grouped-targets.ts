import type { UnknownFunctions } from "../../model/answers/questions/who-can.ts";
import { byText } from "../../text/order.ts";

/** Those of several answers, in the order of one. */
export function mergedTargets(lists: readonly (readonly UnknownFunctions[])[]): readonly UnknownFunctions[] {
  const merged = new GroupedTargets();
  for (const { reason, targets } of lists.flat()) for (const target of targets) merged.add(reason, target);
  return merged.list();
}

/** The functions that one reason is true of: an account that cannot be read is one line, not a thousand. */
export class GroupedTargets {
  readonly #targets = new Map<string, string[]>();

  add(reason: string, target: string): void {
    const known = this.#targets.get(reason);
    if (known === undefined) this.#targets.set(reason, [target]);
    else known.push(target);
  }

  /** The reason with the most functions comes first; targets are sorted. */
  list(): readonly UnknownFunctions[] {
    return [...this.#targets]
      .map(([reason, targets]) => ({ reason, targets: targets.toSorted() }))
      .toSorted((a, b) => b.targets.length - a.targets.length || byText(a.reason, b.reason));
  }
}
