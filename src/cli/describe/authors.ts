import type { BindingObject } from "../../api/bindings.ts";
import { authorLines } from "../../model/changes/author-text.ts";
import { hanging } from "../../plan/render/columns.ts";
import { clockTime } from "../screen/time.ts";

/** Who made each open difference, as far as events showed it, or why no one is known. A controller of an earlier version does not have it. */
export function driftAuthorLines({ status }: BindingObject, nowMs: number): readonly string[] {
  const authors = status.drift?.authors ?? [];
  const byText = Map.groupBy(authors, ({ attribution }) =>
    authorLines(attribution, (instant) => clockTime(instant, nowMs)).join("\n"),
  );
  if (byText.size === 0) return [];
  const seen = status.drift?.isOutdated === true ? "seen before Git changed" : "last seen";
  return [
    `AUTHOR of the drift ${seen}`,
    ...[...byText].flatMap(([text, ofAuthor]) => [
      ...ofAuthor.flatMap(({ difference }) => hanging(difference, "  ")),
      ...text.split("\n").flatMap((line) => hanging(line, "    ")),
    ]),
  ];
}
