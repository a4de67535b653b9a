import { actionNameOf } from "../../model/aws/action-name.ts";
import type { ActionData } from "../action-data.ts";
import { isEntireService } from "../match/wildcard.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { datedText } from "./names.ts";
import type { CheckedStatement, LocatedString } from "./statement.ts";

/** ACT-001 and ACT-002: patterns of actions that are allowed, with how many they are today: AWS adds to them. */
export function wildcards(statements: readonly CheckedStatement[], data: ActionData): readonly Flaw[] {
  return statements
    .filter(({ effect, isNotAction }) => effect === "Allow" && !isNotAction)
    .flatMap(({ actions }) => actions)
    .filter(({ text }) => /[*?]/.test(text))
    .flatMap((action) =>
      isEntireService(action.text) ? entireService(action, data) : partOfService(action, data),
    );
}

function entireService({ text, steps }: LocatedString, data: ActionData): readonly Flaw[] {
  const { service } = actionNameOf(text);
  const isEverything = /[*?]/.test(service);
  const count = isEverything ? null : countText(text, data);
  if (count === undefined) return [];
  const reason =
    count === null
      ? `"${text}" allows actions of every service that fits, also what AWS adds later`
      : `"${text}" allows the entire service, ${count}, also what AWS adds later`;
  const fix = "name the actions that the code calls";
  return [flaw({ rule: "ACT-001", severity: "warning", steps, reason, fix })];
}

function partOfService({ text, steps }: LocatedString, data: ActionData): readonly Flaw[] {
  const count = countText(text, data);
  if (count === undefined) return [];
  const reason = `"${text}" is ${count}`;
  return [flaw({ rule: "ACT-002", severity: "note", steps, reason, fix: null })];
}

/** `37 actions today`, and how many of them change permissions; undefined when there is none. */
function countText(pattern: string, data: ActionData): string | undefined {
  const actions = data.expand(pattern);
  if (actions.length === 0) return undefined;
  const opening = actions.filter((action) =>
    data.find(action)?.accessLevels.includes("Permissions management"),
  );
  const some = opening.length === 0 ? "" : `, ${opening.length} of which change permissions`;
  return `${actions.length} ${actions.length === 1 ? "action" : "actions"} today${some} ${datedText(data)}`;
}
