import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

export function found(text: string): readonly string[] {
  return diagnosticTexts(compileTexts({ [FILE]: text })).map((line) => line.replace(`${FILE}:`, ""));
}

export function ofSpec(spec: string): readonly string[] {
  return found(functionText("a", spec));
}
