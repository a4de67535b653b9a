import type { ManifestObject } from "../../../manifest/compile/objects.ts";
import type { Kind } from "../../../manifest/schema/document.ts";
import { prefixOf } from "../../../model/keys/source-prefix.ts";
import type { Json, JsonObject } from "../../../model/values/json.ts";
import { isJsonObject } from "../../../text/json-values.ts";
import { blockText } from "../../../text/yaml/block-text.ts";
import { valueAt } from "../../../text/located/value-path.ts";
import { ownTexts } from "../../project/service.ts";
import type { Analysis } from "../analysis.ts";
import { cappedText, code, codeBlock } from "./markdown.ts";
import { placeOfObject } from "./named-object.ts";

/** The fields that a reader of the name wants to know. */
const MAIN_FIELDS: Readonly<Record<Kind, readonly string[]>> = {
  FunctionPermission: ["function", "targets", "mode", "grants", "templates"],
  AwsAccount: ["id", "mode", "regions", "boundary", "vars"],
  AccountSet: ["accounts", "organization"],
  ManagedPolicy: ["description", "use", "grants", "statements", "templates", "document"],
  Team: ["accounts", "functions", "resources", "grants", "profile"],
  Waiver: ["rule", "binding", "until"],
  Exclusion: ["functions", "accounts", "until"],
  GuardrailProfile: ["base", "selector", "rules", "maxUntil", "approval"],
  GrantTemplate: ["description", "parameters", "grants", "statements"],
  ChangeWindow: ["accounts", "zone", "opens", "after"],
};

const MOST_LINES = 24;

/** Where a document is declared, and its main values. */
export function objectHover(object: ManifestObject, analysis: Analysis): readonly string[] {
  const { kind, namespace, name, file, document } = object;
  const { line } = placeOfObject(object, analysis);
  const spec = valueAt(document, ["spec"]) as Json | undefined;
  const place = `**${kind} ${code(`${namespace}/${name}`)}**, declared in ${placeText({ file, line }, analysis)}`;
  if (!isJsonObject(spec)) return [place];
  const shown = MAIN_FIELDS[kind].flatMap((field): readonly (readonly [string, Json])[] => {
    const value = spec[field];
    return value === undefined ? [] : [[field, value]];
  });
  if (shown.length === 0) return [place];
  const values: JsonObject = Object.fromEntries(shown);
  return [place, codeBlock(cappedText(blockText(values, { depth: 2, width: 76 }), MOST_LINES), "yaml")];
}

/** A path of another repository is never shown as one of the service's. */
function placeText(
  { file, line }: { readonly file: string; readonly line: number },
  { service }: Pick<Analysis, "service">,
): string {
  if (service === null) return code(`${file}:${line}`);
  if (prefixOf(file) === service.namespace) return code(`${ownTexts(service)(file)}:${line}`);
  return `${code(`${file}:${line}`)} of the platform's repository`;
}
