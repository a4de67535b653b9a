import { COMMAND_ANNOTATIONS, REASON, SUSPEND } from "../../api/kubernetes/annotations.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Reader } from "../request/reader.ts";

type Annotations = Readonly<Record<string, string>>;

/** A document in Git gives no commands: its annotations with these names are not shown. */
export function withoutCommands(annotations: Annotations): Annotations {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !COMMAND_ANNOTATIONS.has(name)));
}

/**
 * While each of the keys is suspended by itself: until when, the first end of all, and why. kubectl removes only an annotation
 * that it sees.
 */
export function suspendedAnnotations({ world, scrub }: Reader, keys: readonly Key[]): Annotations {
  const suspensions = keys.flatMap((key) => world.suspendedKeys.get(key) ?? []);
  const [first] = suspensions.toSorted((a, b) => Date.parse(a.until) - Date.parse(b.until));
  if (first === undefined || suspensions.length < keys.length) return {};
  return { [SUSPEND]: first.until, [REASON]: scrub(first.reason) };
}
