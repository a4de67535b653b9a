import { CliError } from "../../cli/toolbox/cli-error.ts";
import { RULE_PAGES } from "../../guard/pages/pages.ts";
import { ESCALATION_RULES } from "../../iam/risk/escalation-paths.ts";
import { nearestName } from "../../text/nearest-name.ts";

/** The id as it is written, of a text in any case; `ESC-*` is the family. @throws CliError */
export function knownRule(text: string): string {
  const known = [...RULE_PAGES.map(({ id }) => id), ...ESCALATION_RULES];
  const id = known.find((one) => one.toLowerCase() === text.toLowerCase());
  if (id !== undefined) return id;
  const near = nearestName(text, known);
  throw new CliError(
    `no rule has the id "${text}"`,
    near === undefined ? "list the rules with: grantkeeper rules show" : `did you mean "${near}"?`,
    { code: "NotFound" },
  );
}
