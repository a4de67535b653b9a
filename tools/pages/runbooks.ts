import type { Runbook } from "../../src/workbench/runbooks/runbook.ts";
import { runbookNames, RUNBOOK_NAMES, RUNBOOKS } from "../../src/workbench/runbooks/runbooks.ts";
import { code, table } from "./fields.ts";
import { laidOut, type Page } from "./page.ts";

const FOLDER = "docs/operations/runbooks";

/** The index, and a page for each runbook. */
export const runbookPages: readonly Page[] = [
  { path: `${FOLDER}/README.md`, text: () => laidOut(indexText()) },
  ...RUNBOOKS.map((runbook): Page => ({
    path: `${FOLDER}/${runbook.id}.md`,
    text: () => laidOut(pageText(runbook)),
  })),
];

const GENERATED = "Generated from `src/workbench/runbooks/` by `tools/write-docs.ts`: not edited by hand.";

const KINDS = {
  items: "Words of `status`",
  rules: "Rules of Prometheus",
  alerts: "Alerts of routes",
  alertmanager: "Alerts in Alertmanager",
  reasons: "Reasons of conditions",
  conditions: "Conditions",
} as const satisfies Record<keyof typeof RUNBOOK_NAMES, string>;

function indexText(): string {
  const titles = new Map(RUNBOOKS.map(({ id, title }) => [id, title]));
  const parts = (Object.keys(KINDS) as (keyof typeof KINDS)[]).map((kind) => {
    const rows = Object.entries(RUNBOOK_NAMES[kind]).map(([name, id]) => [
      code(name),
      `[${titles.get(id) ?? id}](${id}.md)`,
    ]);
    return `## ${KINDS[kind]}\n\n${table(["Name", "Runbook"], rows)}`;
  });
  return [
    "# Runbooks",
    GENERATED,
    "These pages show what to do about each item of `status`, each alert and each reason of a condition. The same text is in the program: `grantkeeper runbook NAME`.",
    ...parts,
  ].join("\n\n");
}

function pageText(runbook: Runbook): string {
  const { title, means, risk, see, steps, over } = runbook;
  const names = runbookNames(runbook);
  return [
    `# ${title}`,
    GENERATED,
    ...(names.length === 0 ? [] : [`Of ${names.map(code).join(", ")}.`]),
    `## What it means\n\n${means}`,
    `## What is at risk\n\n${risk}`,
    `## See it\n\n${see.map(([command, shows]) => `- ${code(command)}: ${shows}`).join("\n")}`,
    `## What to do\n\n${steps.map((step, at) => `${at + 1}. ${step}`).join("\n")}`,
    `## It is over when\n\n${over}`,
  ].join("\n\n");
}
