import { noteAskedRollbacks } from "../../cli/screen/rollbacks.ts";
import { Option } from "commander";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { connect } from "../../cli/client/connect.ts";
import { addConfig, addServer, type ServerOptions } from "../../cli/toolbox/options.ts";
import { printAside, printNote, structuredText } from "../../cli/screen/print.ts";
import { namesText } from "../../iam/row-text.ts";
import type { AccessMap } from "../../model/answers/questions/access-map.ts";
import { notInEffectText } from "../../wording/questions.ts";
import { dotText } from "./dot.ts";
import { aroundFunctions, fetchMap } from "./fetch-map.ts";
import { mermaidText } from "./mermaid.ts";
import { unknownLines } from "./unknown-lines.ts";
import { svgText } from "./svg.ts";

const FORMATS = {
  mermaid: mermaidText,
  dot: dotText,
  svg: svgText,
  json: jsonText,
} as const;

function jsonText({ edges, ...map }: AccessMap): string {
  const shown = edges.map((edge) => ({ ...edge, actions: edge.actions.map(namesText) }));
  return structuredText({ ...map, edges: shown }, "json");
}

interface MapOptions extends ServerOptions {
  readonly format: keyof typeof FORMATS;
}

/** A picture with more nodes cannot be read. */
const READABLE_NODES = 200;

export const map: CliCommand<MapOptions> = {
  name: "map",
  summary: "draw who may call which functions, and what these may do",
  description:
    "Asks the running controller for the permissions of every function, or of those that TARGET means, and prints a picture: callers, functions and resources, with an arrow for each permission in AWS. Arrows of permissions that are not declared, pending, or declared and not observed in AWS look different. Standard error counts those that are not in effect, and lists the parts that the picture lacks.",
  examples: [
    ["grantkeeper map orders/ > orders.mmd", "the functions of a namespace, for Mermaid"],
    ["grantkeeper map orders/orders-api@prod --format svg > api.svg", "one function, as a picture"],
    ["grantkeeper map --format dot > all.dot", "everything, for Graphviz"],
  ],
  define: (command) => {
    command.argument("[target]", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form (default: all)");
    addServer(addConfig(command)).addOption(
      new Option("--format <format>", "what it prints").choices(Object.keys(FORMATS)).default("mermaid"),
    );
  },
  run: async ({ args: [target], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const fetched = await fetchMap(client, target ?? null);
    const drawn = target === undefined ? fetched.map : aroundFunctions(fetched.map, fetched.meant);
    await noteAskedRollbacks(client, null, toolbox);
    await toolbox.terminal.out(FORMATS[options.format](drawn));
    const notInEffect = notInEffectText(drawn.edges.map(({ state }) => state));
    if (notInEffect !== null) await printNote(`of ${drawn.edges.length} arrows: ${notInEffect}`, toolbox);
    if (drawn.unknown.length > 0)
      await printAside(
        (width) => unknownLines(drawn.unknown, { width, rowWidth: width, isWide: false }, "not shown"),
        toolbox,
      );
    if (drawn.nodes.length > READABLE_NODES && options.format !== "json")
      await printNote(
        `${drawn.nodes.length} nodes: name a target for a picture that people can read`,
        toolbox,
      );
    return 0;
  },
};
