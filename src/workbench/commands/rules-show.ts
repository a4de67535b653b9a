import { show } from "../../cli/screen/print.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { pageOf, RULE_PAGES } from "../../guard/pages/pages.ts";
import { ESCALATION_RULES } from "../../iam/risk/escalation-paths.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { ruleFacts, ruleLines, ruleListLines } from "../rules/rule-screen.ts";

export const rulesShow: CliCommand<OutputOptions> = {
  name: "rules show",
  summary: "explain a guard rule: reason, fix, an example of both sides",
  description:
    "Explains one guard rule, with an example that it refuses and one that it accepts. Without ID: lists all rules. Needs no controller and no configuration. Severities are the defaults.",
  examples: [
    ["grantkeeper rules show RES-001", "a rule of a finding"],
    ["grantkeeper rules show ESC-PassRole", "one escalation path"],
    ["grantkeeper rules show", "all rules"],
  ],
  define: (command) => {
    addOutput(command.argument("[id]", "the id of a rule, such as ACT-001"));
  },
  run: async ({ args: [id], options, toolbox }) => {
    if (id === undefined) {
      const facts = RULE_PAGES.map((page) => ruleFacts(page, page.id));
      return show({ value: facts, lines: () => ruleListLines(facts) }, options.output, toolbox);
    }
    const facts = factsOf(id);
    return show({ value: facts, lines: (layout) => ruleLines(facts, layout) }, options.output, toolbox);
  },
};

/** @throws CliError */
function factsOf(text: string): ReturnType<typeof ruleFacts> {
  const known = [...RULE_PAGES.map(({ id }) => id), ...ESCALATION_RULES];
  const id = known.find((one) => one.toLowerCase() === text.toLowerCase());
  const page = id === undefined ? undefined : pageOf(id);
  if (id !== undefined && page !== undefined) return ruleFacts(page, id);
  const near = nearestName(text, known);
  throw new CliError(
    `no rule has the id "${text}"`,
    near === undefined ? "grantkeeper rules show" : `did you mean "${near}"?`,
    { code: "NotFound" },
  );
}
