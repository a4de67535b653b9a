import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A workflow as docs/reviews.md shows it. */
interface DocumentedWorkflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: { readonly review: { readonly steps: readonly DocumentedStep[] } };
}

interface DocumentedStep {
  readonly uses: string;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
}

const PAGE = new URL("../../../docs/reviews.md", import.meta.url);

/** The first block of YAML below this heading. */
function blockBelow(heading: string): string {
  const [, below = ""] = readFileSync(PAGE, "utf8").split(`\n### ${heading}\n`);
  const block = /^```yaml\n([^]*?)^```$/m.exec(below.split("\n### ", 1)[0] ?? "")?.[1];
  if (block === undefined) throw new Error(`docs/reviews.md has no workflow below "${heading}"`);
  return block;
}

export function documentedWorkflow(heading: string): DocumentedWorkflow {
  return parse(blockBelow(heading)) as DocumentedWorkflow;
}

/** The inputs of our action in it. A token is that of the test: the forge gives it to the job. */
export function documentedInputs(
  { jobs }: DocumentedWorkflow,
  token: string,
): Readonly<Record<string, string>> {
  const own = jobs.review.steps.find(({ uses }) => uses.includes("/actions/review@"))?.with ?? {};
  const tokens = /\$\{\{ (?:github\.token|secrets\.\w+) \}\}/g;
  return Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, String(value).replaceAll(tokens, token)]),
  );
}
