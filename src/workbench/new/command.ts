import { join } from "node:path";
import { connect } from "../../cli/client/connect.ts";
import { ago } from "../../wording/time.ts";
import { printNote, printProblem, show, structuredText } from "../../cli/screen/print.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, addConfig, repeated, type LocalOptions } from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { describedSchema } from "../../manifest/explained/described-schema.ts";
import type { Kind } from "../../manifest/schema/document.ts";
import type { ManifestDocument } from "../../manifest/parse/parsed.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { GrantProposal } from "../../model/answers/questions/grant-proposal.ts";
import { ownerText, targetText } from "../../model/keys/key.ts";
import { counted } from "../../text/phrases.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { placeFiles, writeFiles } from "../import/write-files.ts";
import {
  kindOf,
  loadDirectory,
  projectSettings,
  type Project,
  type ProjectSettings,
} from "../project/project.ts";
import { draftText, SCHEMA_FILE } from "./draft.ts";
import { draftWarnings } from "./draft-warnings.ts";
import { DEFAULT_BOUNDARY, DRAFTS, type DraftRequest, type NewOptions } from "./drafts.ts";
import { grantsOfController } from "./live-grants.ts";
import { Interview } from "./questions.ts";

export interface NewManifest {
  readonly kind: Kind;
  /** The files that were written, the manifest first. */
  readonly files: readonly string[];
  /** The live functions whose permissions the grants are; empty: the grants are those of flags and answers. */
  readonly proposals: readonly GrantProposal[];
}

interface Options extends LocalOptions, NewOptions {
  readonly dir: string;
  readonly server?: string;
}

export const newCommand: CliCommand<Options> = {
  name: "new",
  summary: "create a manifest, interactively or from flags",
  description:
    "Writes one manifest to its place in the repository, in the style of fmt. KIND is function (NAME is NAMESPACE/NAME), account, team or boundary. In a terminal, it asks for what no flag gives. With --server, accounts and regions are proposed from the live functions of that name, and without --grant the grants that their roles allow now, with comments for what grants do not contain. A token of a team names the place with --account and --region, and gets what its Team allows. No file is ever overwritten. The first time, the JSON Schema for editors is written too.",
  examples: [
    ["grantkeeper new function orders/orders-api", "asks for the rest"],
    ["grantkeeper new function orders/orders-api --grant dynamodb:orders:read,write", "with a grant"],
    ["grantkeeper new account prod --id 111122223333 --region eu-west-1", "an AwsAccount"],
    ["grantkeeper new team orders", "what the namespace may do"],
    ["grantkeeper new boundary platform-default", "a ceiling of every role"],
  ],
  define: (command) => {
    addOutput(
      addConfig(command.argument("<kind>", Object.keys(DRAFTS).join(", ")).argument("<name>", "its name")),
    )
      .option("--dir <folder>", "the repository", ".")
      .option("--server <url>", "the controller, for proposals; GRANTKEEPER_TOKEN is its token")
      .option("--function <name>", "of a function: its name in AWS, if it has another one")
      .option("--id <digits>", "of an account")
      .addOption(repeated("--account <name>", "of a function or team; may be repeated"))
      .addOption(repeated("--region <name>", "of a function or account; may be repeated"))
      .addOption(repeated("--functions <pattern>", "of a team: names of its functions; may be repeated"))
      .addOption(repeated("--resource <pattern>", "of a team: names of its resources; may be repeated"))
      .addOption(repeated("--grant <grant>", "of a function: SERVICE:RESOURCE:VERBS; may be repeated"));
  },
  run: async ({ args: [kind = "", name = ""], options, toolbox }) => {
    const draftOf = draftFor(kind);
    const settings = await projectSettings(options, toolbox);
    const lambda = options.function ?? name.split("/").at(-1) ?? "";
    const project = await projectIn(options.dir, settings, toolbox);
    const known =
      options.server === undefined
        ? knownOffline(project)
        : await knownLive({ lambda, name }, options, toolbox);
    const questions = new Interview(toolbox);
    const draft = await draftOf({ name, options, questions, paths: settings, ...known });
    const files = await write(options.dir, { path: draft.path, text: draftText(draft) });
    const value: NewManifest = { kind: draft.kind, files, proposals: draft.proposals };
    const lines = [
      ...files.map((path) => `wrote ${path}`),
      ...draft.proposals.map((one) => proposalLine(one, toolbox.clock.nowMs())),
      ...(draft.kind === "AwsAccount"
        ? [`If its boundary is not declared yet: grantkeeper new boundary ${DEFAULT_BOUNDARY}`]
        : []),
      "To check it: grantkeeper validate",
    ];
    const exitCode = await show({ value, lines: () => lines }, options.output, toolbox);
    const places = { regions: draft.regions ?? [], lambda: draft.lambda ?? null };
    const team = project?.compilation.desired.teams.get(name.split("/")[0] as Namespace) ?? null;
    for (const problem of draftWarnings(places, team)) await printProblem(problem, toolbox);
    return exitCode;
  },
};

function draftFor(kind: string): (typeof DRAFTS)[keyof typeof DRAFTS] {
  if (Object.hasOwn(DRAFTS, kind)) return DRAFTS[kind as keyof typeof DRAFTS];
  const names = Object.keys(DRAFTS);
  const near = nearestName(kind, names);
  const hint = near === undefined ? `valid values: ${names.join(", ")}` : `did you mean "${near}"?`;
  throw new CliError(`unknown kind "${kind}"`, hint);
}

function proposalLine({ target, grants, notes, readAt }: GrantProposal, nowMs: number): string {
  const decided = notes.length === 0 ? "" : `, ${counted(notes.length, "comment")} to read before the merge`;
  return `${counted(grants.length, "grant")} of ${target}, as AWS was read ${ago(readAt, nowMs)}${decided}`;
}

type KnownPlaces = Pick<DraftRequest, "accounts" | "regions" | "propose">;

/** null: the repository is empty. */
async function projectIn(dir: string, settings: ProjectSettings, toolbox: Toolbox): Promise<Project | null> {
  const kinds = await Promise.all(
    [settings.platformPath, settings.tenantPath].map((path) => kindOf(join(dir, path))),
  );
  return kinds.includes("directory") ? loadDirectory(dir, settings, toolbox) : null;
}

/** What the manifests of the repository declare; an empty repository knows nothing. */
function knownOffline(project: Project | null): KnownPlaces {
  return knownOf(
    (project?.files ?? []).flatMap(({ documents }) => documents.flatMap(accountsIn)),
    null,
  );
}

/** Also of accounts that do not compile yet. */
function accountsIn(document: ManifestDocument): readonly AccountPlace[] {
  if (document.kind === "AwsAccount") return [{ account: document.name, regions: document.spec.regions }];
  if (document.kind !== "AccountSet") return [];
  const { accounts = [], template } = document.spec;
  return accounts.map(({ name }) => ({ account: name, regions: template.regions }));
}

/** Where the function is in AWS, by the last reads of the controller. @throws CliError if nothing names its place */
async function knownLive(
  { lambda, name }: { readonly lambda: string; readonly name: string },
  options: Options,
  toolbox: Toolbox,
): Promise<KnownPlaces> {
  const client = await connect(options, toolbox);
  const live = await client.list("livefunctions");
  const found = live.filter(({ status }) => status.functionName === lambda);
  if (found.length === 0 && (options.account === undefined || options.region === undefined)) {
    const named = live.find(({ status: { key } }) => key !== null && ownerText(key) === name);
    const how = named === undefined ? "--function" : `--function ${named.status.functionName}`;
    throw new CliError(
      `the controller shows this token no function ${lambda}`,
      `name it with ${how}, or where it is with --account and --region; or leave out --server`,
    );
  }
  for (const { status } of found) {
    const { key, account, region } = status;
    const isAsked =
      options.account?.includes(account) !== false && options.region?.includes(region) !== false;
    // null: no manifest names it, or this token may not see which one.
    if (key !== null && isAsked)
      await printNote(`${targetText({ key, account })} already declares this function`, toolbox);
  }
  const places = found.map(({ status: { account, region } }) => ({ account, region }));
  return knownOf(
    places.map(({ account, region }) => ({ account, regions: [region] })),
    grantsOfController(client, places),
  );
}

interface AccountPlace {
  readonly account: string;
  readonly regions: readonly string[];
}

function knownOf(places: readonly AccountPlace[], propose: KnownPlaces["propose"]): KnownPlaces {
  return {
    propose,
    accounts: [...new Set(places.map(({ account }) => account))].sort(),
    regions: [...new Set(places.flatMap(({ regions }) => regions))].sort(),
  };
}

/** @returns the files that were written @throws CliError if the manifest exists */
async function write(
  dir: string,
  file: { readonly path: string; readonly text: string },
): Promise<readonly string[]> {
  const schema = { path: SCHEMA_FILE, text: structuredText(describedSchema(), "json") };
  const [manifest, ...others] = await placeFiles(dir, [file, schema]);
  if (manifest?.state !== "written")
    throw new CliError(`${join(dir, file.path)} exists`, "edit it, or choose another name");
  const placed = [manifest, ...others];
  await writeFiles(dir, placed);
  return placed.flatMap(({ path, state }) => (state === "written" ? [join(dir, path)] : []));
}
