/** The lines of the moving picture, as they were printed, without the typed command. Runs of spaces are one space. */
export function castTexts(svg: string): readonly string[] {
  const lines = [...svg.matchAll(/<g class="l\d+">(.*)<\/g>/g)].map(([, spans = ""]) =>
    [...spans.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => unescaped(text)).join(" "),
  );
  return lines.slice(1).map(inOneSpace);
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function inOneSpace(line: string): string {
  return line.trim().replaceAll(/ +/g, " ");
}

/** The figures that differ from run to run. */
const OF_ONE_RUN: readonly (readonly [RegExp, string])[] = [
  [/\d+ reads/g, "N reads"],
  [/Approved [0-9a-f]{8}\b/g, "Approved DIGEST"],
  [/\d+\.\d s\b/g, "N s"],
  [/\d+ entries/g, "N entries"],
  [/(\d+) of \1 writes/g, "N of N writes"],
];

/**
 * The lines in which the demo of today differs from the picture, as text; []: it prints the same. Figures of one run count as
 * the same.
 *
 * @param printed by `npm run demo -- --once`
 */
export function castDifferences(svg: string, printed: string): readonly string[] {
  const shown = castTexts(svg).map(ofAnyRun).filter(isText);
  const today = printed.split("\n").map(inOneSpace).map(ofAnyRun).filter(isText);
  return Array.from({ length: Math.max(shown.length, today.length) }, (_, at) => [shown[at], today[at]])
    .filter(([picture, demo]) => picture !== demo)
    .map(
      ([picture = "nothing", demo = "nothing"]) => `the picture has: ${picture}\nthe demo printed: ${demo}`,
    );
}

function ofAnyRun(line: string): string {
  return OF_ONE_RUN.reduce((text, [figure, name]) => text.replaceAll(figure, name), line);
}

function isText(line: string): boolean {
  return line !== "";
}
