import type { ActionData } from "../action-data.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { unknownAction, unknownKey, type UnknownName } from "./names.ts";
import type { CheckedStatement } from "./statement.ts";

/** Only so many are looked up: each costs a comparison with all names of its service, and more would not be read. */
const MAX_NAMES = 500;

/** ACT-003: actions, services and condition keys that AWS does not have: they grant or deny nothing. */
export function unknownNames(statements: readonly CheckedStatement[], data: ActionData): readonly Flaw[] {
  const actions = statements.flatMap((statement) => statement.actions).slice(0, MAX_NAMES);
  const keys = statements.flatMap(({ tests, actions: all, isNotAction }) => {
    const names = isNotAction ? null : all.map(({ text }) => text).filter((text) => text !== "*");
    return tests.map((test) => ({ ...test, names }));
  });
  return [
    ...actions.flatMap(({ text, steps }) => {
      const found = /^[^:]+:[^:]+$/.test(text) ? unknownAction(text, data) : undefined;
      return found === undefined ? [] : [nameFlaw(found, steps, "value")];
    }),
    ...keys.slice(0, MAX_NAMES).flatMap(({ key, names, steps }) => {
      const found = isOfProvider(key) ? undefined : unknownKey(key, names, data);
      return found === undefined ? [] : [nameFlaw(found, steps, "name")];
    }),
  ];
}

function nameFlaw({ why, fix }: UnknownName, steps: Flaw["steps"], at: Flaw["at"]): Flaw {
  return flaw({ rule: "ACT-003", severity: "error", steps, at, reason: why, fix });
}

/** `accounts.google.com:aud`: a key that an identity provider sets for its users. */
function isOfProvider(key: string): boolean {
  return key.slice(0, Math.max(0, key.indexOf(":"))).includes(".");
}
