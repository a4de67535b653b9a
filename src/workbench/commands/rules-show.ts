import { show } from "../../cli/screen/print.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { rulePageOf, RULE_PAGES } from "../../guard/pages/pages.ts";
import { knownRule } from "../rules/known-rule.ts";
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
  const id = knownRule(text);
  const page = rulePageOf(id);
  if (page === undefined) throw new Error(`the rule ${id} has no page`);
  return ruleFacts(page, id);
}
