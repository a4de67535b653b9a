import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { judged, verdicts, type World } from "./judged.ts";

export const LISTED = /^(CRED|EXF|EXP-001|TMP)/;

export const listed = (found: World, ...more: Parameters<typeof judged>[1][]): readonly string[] =>
  verdicts(judged(found, ...more)).filter((text) => LISTED.test(text));

export const allow = (
  Action: Statement["Action"] & {},
  Resource: Statement["Resource"] & {},
  more: Partial<Statement> = {},
): Statement => ({ Effect: "Allow", Action, Resource, ...more });
