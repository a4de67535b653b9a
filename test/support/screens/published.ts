import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { API_VERSION } from "../../../src/api/group.ts";
import { isObject } from "../../../src/text/json-values.ts";
import { RESOURCES } from "../../../src/api/resources.ts";
import { COMMANDS } from "../../../src/compose/commands.ts";
import { readOutputSchemas } from "../../../src/cli/toolbox/output-schemas.ts";
import { LISTINGS } from "../../../src/cli/resources/resources.ts";

const { outputs, definitions } = await readOutputSchemas();
const validators = new Map<string, ValidateFunction>();

/** @throws Error when the value does not match the published schema of that output */
export function checkPublished(name: string, value: unknown): void {
  const validate = validators.get(name) ?? compiled(name);
  validators.set(name, validate);
  if (validate(value)) return;
  const errors = (validate.errors ?? []).slice(0, 5).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`;
  });
  throw new Error(
    `not as in "grantkeeper schema --output ${name}" (after a change of its type: node bin/launch.mjs tools/write-docs.ts):\n${errors.join("\n")}`,
  );
}

function compiled(name: string): ValidateFunction {
  const schema = outputs[name];
  if (schema === undefined)
    throw new Error(`no output is called "${name}": add it to src/compose/outputs.ts`);
  return new Ajv2020({ allErrors: true }).compile({ ...schema, $defs: definitions });
}

/** Checks what a command line with -o json printed; one that prints text passes. */
export function checkPrinted(
  argv: readonly string[],
  { out, err }: { readonly out: string; readonly err: string },
): void {
  const isJson = argv.some((word, at) => word === "-o" && argv[at + 1] === "json");
  if (!isJson || argv[0] === "__complete") return;
  if (out === "" && err === "") return;
  if (out === "") return checkPublished("error", JSON.parse(err));
  if (argv[0] === "get" && argv.some((word) => word === "-w" || word === "--watch")) return checkEvents(out);
  // A watched answer is printed again after a blank line.
  for (const text of out.split(/(?<=^\})\n+(?=\{)/m)) checkPublished(outputName(argv), JSON.parse(text));
}

/** Each line of a watch is an event. */
function checkEvents(out: string): void {
  for (const line of out.trimEnd().split("\n")) checkPublished("get-watch", JSON.parse(line));
}

function outputName(argv: readonly string[]): string {
  const [command = "", object = ""] = argv;
  if (command === "get") {
    const listing = LISTINGS.find(({ names }) => names.includes(object.toLowerCase()));
    return `get-${listing?.names[0] ?? object}`;
  }
  if (command === "describe" && /^(holds?|approvals?)$/.test(object)) return "describe-approval";
  if (command === "describe" && object === "entry") return "describe-entry";
  const group = COMMANDS.some(({ name }) => name === `${command} ${object}`);
  return group ? `${command}-${object}` : command;
}

/** Checks an answer of the API by its kind. */
export function checkAnswered(value: unknown): void {
  const kind = typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : "";
  if (kind === "Status") return checkPublished("api-failure", value);
  // Kubernetes' own kinds have the names of ours, as Event.
  if (isObject(value) && (value["apiVersion"] ?? API_VERSION) !== API_VERSION) return;
  const resource = Object.entries(RESOURCES).find(([, { kind: one }]) => kind.replace(/List$/, "") === one);
  if (resource !== undefined) checkPublished(`api-${resource[0]}`, value);
}
