import { isBinding } from "../model/desired.ts";
import { lowerMode, type Mode } from "../model/rules/mode.ts";
import type { JudgeInputs } from "./inputs.ts";
import { appliedOf, desiredOf, type Subject } from "./subject.ts";

/** The most cautious of process, account and manifest. */
export function modeOf(subject: Subject, { mode, account }: Pick<JudgeInputs, "mode" | "account">): Mode {
  const ceiling = lowerMode(mode, account.mode);
  const state = desiredOf(subject) ?? appliedOf(subject.record);
  return state !== null && isBinding(state) && subject.kind !== "removed"
    ? lowerMode(ceiling, state.mode)
    : ceiling;
}
