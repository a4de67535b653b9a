import { missingFacts, verificationSteps } from "../../api/page/site-verification.ts";
import type { SiteIndex } from "../../api/page/site.ts";

/** The file of an export for those who do not open the page. */
export function verificationText(index: SiteIndex): string {
  const scope = index.namespaces === null ? "all namespaces" : index.namespaces.join(", ");
  const steps = verificationSteps(index).flatMap(({ why, command }, at) => [
    `${at + 1}. ${why}`,
    ...(command === null ? [""] : ["", `   ${command}`, ""]),
  ]);
  return [
    `Grantkeeper ${index.version}, instance ${index.instance}: state as of ${index.asOf}, ${scope}.`,
    "Open index.html in a browser.",
    "",
    "HOW TO VERIFY",
    "",
    ...steps,
    ...evidenceLines(index),
    "WHAT IT DOES NOT CONTAIN OR PROVE",
    "",
    ...missingFacts(index).map((fact) => `- ${fact}`),
    "",
  ].join("\n");
}

function evidenceLines({ evidence }: SiteIndex): readonly string[] {
  if (evidence.kind !== "chain") return [];
  const { first, last, head, checkpoint } = evidence;
  return [
    `evidence/audit.jsonl: entries ${first} to ${last}; the head is ${head}`,
    checkpoint === null
      ? "There is no checkpoint among them."
      : `evidence/checkpoint.json: signed up to entry ${checkpoint.upTo}, ${checkpoint.at}, by key ${checkpoint.keyId}`,
    "",
  ];
}
