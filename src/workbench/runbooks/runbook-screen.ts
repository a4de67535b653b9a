import type { Layout } from "../../cli/screen/layout.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { withoutLinks } from "../../guard/pages/plain-text.ts";
import type { Runbook } from "./runbook.ts";
import { runbookNames } from "./runbooks.ts";

/** A runbook for people and for programs. */
export interface RunbookFacts extends Pick<Runbook, "id" | "title" | "means" | "risk" | "steps" | "over"> {
  /** The alerts, reasons and rules that lead to it. */
  readonly names: readonly string[];
  readonly see: readonly { readonly command: string; readonly shows: string }[];
}

export function runbookFacts(runbook: Runbook): RunbookFacts {
  const { id, title, means, risk, see, steps, over } = runbook;
  return {
    id,
    title,
    names: runbookNames(runbook),
    means: withoutLinks(means),
    risk: withoutLinks(risk),
    see: see.map(([command, shows]) => ({ command, shows: withoutLinks(shows) })),
    steps: steps.map(withoutLinks),
    over: withoutLinks(over),
  };
}

/** The steps are in the middle of the screen, with numbers; the answer to "is it dangerous" comes first. */
export function runbookLines(facts: RunbookFacts, { width }: Layout): readonly string[] {
  const { title, names, means, risk, see, steps, over } = facts;
  const block = (head: string, text: string): readonly string[] => [
    "",
    head,
    ...wrapped(text, width, INDENT),
  ];
  return [
    title,
    ...block("What it means", means),
    ...block("What is at risk", risk),
    "",
    "See it",
    ...see.flatMap(({ command, shows }) => [`  ${command}`, ...wrapped(shows, width, DEEPER)]),
    "",
    "What to do",
    ...steps.flatMap((step, at) => wrapped(step, width, { first: `  ${at + 1}. `, next: "     " })),
    ...block("It is over when", over),
    ...block("Alerts and reasons", names.length === 0 ? "none leads here by itself" : names.join(", ")),
  ];
}

const INDENT = { first: "  ", next: "  " };
const DEEPER = { first: "      ", next: "      " };
