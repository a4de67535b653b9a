import { Readable } from "node:stream";
import { runCli } from "../../src/cli/cli.ts";
import { COMMANDS } from "../../src/compose/commands.ts";
import type { Toolbox } from "../../src/cli/toolbox/toolbox.ts";
import { laidOut, type Page } from "./page.ts";

export const cliPage: Page = { path: "docs/cli.md", text };

async function text(): Promise<string> {
  const commands: string[] = [];
  for (const { name } of COMMANDS) {
    commands.push(`## grantkeeper ${name}`, fenced(await helpOf([...name.split(" "), "--help"])));
  }
  const contents = COMMANDS.map(({ name, summary }) => `- [${name}](#${anchor(name)}): ${summary}`);
  return laidOut([HEAD, contents.join("\n"), ...commands].join("\n\n"));
}

const HEAD = `# The command line

Generated from the commands' own help by \`tools/write-docs.ts\`: not edited by hand.

**Targets.** \`orders/orders-api@prod/eu-west-1\` is one binding. An omitted part means all: \`orders/orders-api@prod\` is the
function in every region of the account, \`orders/orders-api\` in every account. With \`-n orders\` the namespace may be omitted.
If a command takes a ManagedPolicy, its target has the same form; a policy of the platform is \`platform/NAME\`.

**Exit codes.** The highest that applies is used. A difference is not an error by itself, so CI with \`set -e\` continues.

| Exit code | Meaning                                                                                                            |
| --------- | ------------------------------------------------------------------------------------------------------------------ |
| 0         | done                                                                                                               |
| 1         | usage or internal error                                                                                            |
| 2         | differences, with \`--exit-code\`; for \`why\`, \`policy can\`, \`policy check\` and \`policy diff\`: the answer is no |
| 3         | refused, awaiting approval, rejected, broken, account unreadable, not verified, timed out                          |
| 4         | the command cannot reach the controller, Git, AWS or a forge, or is refused by it (network, credentials)           |

**Errors** go to standard error: \`error: PLACE: MESSAGE\`, and \`hint:  TEXT\` shows how to fix it; \`note:  TEXT\` adds facts. With \`-o json\` (or
\`-o yaml\`, in YAML), exit codes 1 and 4 print one object there, and nothing on standard output:
\`{"kind": "Error", "exitCode": 4, "errors": [{"level", "place", "code", "message", "hint"}]}\`.

**Output.** Tables and text are for people: they adapt to the width of the terminal; in a pipe, text wraps at 80 columns and
lists are not cut. \`-o wide\` shows every column; \`-o name\` prints one target or digest a line. \`-o json\` and \`-o yaml\` have
everything, and \`grantkeeper schema --output NAME\` prints their JSON Schema. Colour is for terminals only; \`NO_COLOR\` and \`FORCE_COLOR\`
are respected.

**Watching.** \`get --watch\` prints the list, then a row for each change that its columns show; that AWS was read again is none. The row
of a removed object has its name and \`removed\`. With \`-o json\` each line is an event, \`{"type": "ADDED|MODIFIED|DELETED", "object": {…}}\`,
also of changes that no column shows; with \`-o yaml\` each document is one; \`-o name\` prints the name of what has changed or is removed.
Accounts, bindings, drift, pending approvals, FunctionPermissions and policies are watched in the API, the other lists are read every two
seconds. If the connection is lost, the watch continues by itself from where it was, and after a restart of the controller it prints only what
differs; standard error shows both. It ends with Ctrl-C, exit code 0, or with the end of the token, exit code 4. \`status\` and \`describe\`
print everything again.

**Environment.** \`GRANTKEEPER_CONFIG\` names the operator's file, \`GRANTKEEPER_SERVER\` and \`GRANTKEEPER_TOKEN\` another
controller's address and a token for it ([API](api.md)). That token is not sent to an address from a \`grantkeeper.yaml\` that is only in the current
folder. On the controller's own machine the token in its state directory
is taken. \`GRANTKEEPER_DEBUG=1\` shows where an unexpected error came from.`;

/** As on a terminal of 80 columns. */
async function helpOf(argv: readonly string[]): Promise<string> {
  const printed: string[] = [];
  await runCli(argv, async () => COMMANDS, toolboxThatPrints(printed));
  return printed.join("").trimEnd();
}

function toolboxThatPrints(printed: string[]): Toolbox {
  const opensNothing = (): Promise<never> => Promise.reject(new Error("help opens nothing"));
  return {
    version: "",
    terminal: {
      out: async (text) => void printed.push(text),
      err: async (text) => void printed.push(text),
      stdin: Readable.from([]),
      isTerminal: false,
      columns: null,
      progress: null,
    },
    env: {},
    clock: { nowMs: () => 0, sleep: opensNothing },
    signal: new AbortController().signal,
    actionData: opensNothing,
    shippedPolicies: opensNothing,
    ownDocuments: opensNothing,
    openInstallation: opensNothing,
    gitRange: opensNothing,
    readDirectory: opensNothing,
    createBranch: opensNothing,
    gitAuthors: opensNothing,
    gitSnapshot: opensNothing,
    fetchBranch: opensNothing,
    watchFolders: opensNothing,
    startSimulator: opensNothing,
    sitePage: "",
    fetch: opensNothing,
  };
}

function anchor(name: string): string {
  return `grantkeeper ${name}`.replaceAll(" ", "-");
}

function fenced(body: string): string {
  return ["```", body, "```"].join("\n");
}
