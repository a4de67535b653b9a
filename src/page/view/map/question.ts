import { hasArnParts } from "../../../model/aws/arn.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../../model/desired.ts";

/** The part of the question "who can" that a text of the filter is; null: it is neither an ARN nor an action. */
export function questionOf(text: string): { readonly action: string } | { readonly resource: string } | null {
  const word = text.trim();
  if (hasArnParts(word) && !/\s/.test(word)) return { resource: word };
  return /^[a-z][a-z0-9-]*:[A-Z*?][A-Za-z0-9*?]*$/.test(word) ? { action: word } : null;
}

/** The query of the map that asks which functions may call this one; null: it is a policy, or its ARN is not known. */
export function callersQuestion(desired: DesiredBinding | DesiredPolicy | null): string | null {
  if (desired === null || !isBinding(desired)) return null;
  const question = { view: "who-can", action: "lambda:InvokeFunction", resource: desired.functionArn };
  return new URLSearchParams(question).toString();
}
