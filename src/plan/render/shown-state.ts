import type { PermissionLine, TypedLine } from "../../model/answers/permission-line.ts";
import { mapLines, type PermissionState, type TypedState } from "../../model/answers/permission-state.ts";
import { conditionText, namesText, readCondition, readNames } from "../../iam/row-text.ts";

/** The state as the API shows it. */
export function shownState(state: TypedState): PermissionState {
  return mapLines(state, shownLine);
}

/** The state that `shownState` wrote. */
export function shownReadState(state: PermissionState): TypedState {
  return mapLines(state, readLine);
}

function shownLine(line: TypedLine): PermissionLine {
  return {
    ...line,
    principal: line.principal && namesText(line.principal),
    actions: line.actions.map(namesText),
    resources: line.resources.map(namesText),
    condition: conditionText(line.condition),
  };
}

function readLine(line: PermissionLine): TypedLine {
  return {
    ...line,
    principal: line.principal === null ? null : readNames(line.principal),
    actions: line.actions.map(readNames),
    resources: line.resources.map(readNames),
    condition: readCondition(line.condition),
  };
}
