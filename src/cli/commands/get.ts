import { Option } from "commander";
import { didYouMean } from "../../text/nearest-name.ts";
import { CliError, type ExitCode } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { requireAccepted } from "../client/require-revision.ts";
import { connect } from "../client/connect.ts";
import {
  addControllerOptions,
  LIST_FORMATS,
  TARGET_FORM,
  type ControllerOptions,
  type WatchOptions,
} from "../toolbox/options.ts";
import { show } from "../screen/print.ts";
import { LIVE_FUNCTIONS, UNCOVERED_FUNCTIONS } from "../resources/coverage.ts";
import type { Listing } from "../resources/listing.ts";
import { LISTINGS, LISTING_NAMES } from "../resources/resources.ts";
import {
  noteComparing,
  noteUncompared,
  noteUnlisted,
  noteUnreadFunctions,
} from "../resources/listing-notes.ts";
import { noteRollbacks } from "../screen/rollbacks.ts";
import { wrapped } from "../../text/layout/wrap.ts";

interface GetOptions extends ControllerOptions, WatchOptions {
  readonly namespace?: string;
  readonly allNamespaces?: true;
  readonly selector?: string;
  readonly dir: string;
  readonly all?: true;
  readonly uncovered?: true;
  readonly exitCode?: true;
}

const ROLE_ARN = "role-arn";

/** The one resource that comes from a checkout and needs no controller. */
export type OfflineRoleArn = (
  target: string | undefined,
  options: GetOptions,
  toolbox: Toolbox,
) => Promise<ExitCode>;

export const getCommand = (roleArn: OfflineRoleArn): CliCommand<GetOptions> => ({
  name: "get",
  summary: "list bindings, accounts, drift, orphans …",
  description: `Lists what the controller knows:\n${whatText()}\nor, from a checkout alone:\n  ${ROLE_ARN.padEnd(12)} the ARN of a function's role, for its deployment`,
  examples: [
    ["grantkeeper get fp", "every FunctionPermission"],
    ["grantkeeper get bindings -n orders -l tier=1", "bindings of one team with a label"],
    ["grantkeeper get drift orders/orders-api@prod", "drift of one function in one account"],
    ["grantkeeper get functions --uncovered", "functions in AWS without a manifest, and who deploys them"],
    ["grantkeeper get role-arn orders/orders-api@prod/eu-west-1", "from this checkout, offline"],
  ],
  define: (command) => {
    command.argument("<resource>", "what to list").argument("[target]", TARGET_FORM);
    addControllerOptions(command, LIST_FORMATS)
      .option("-w, --watch", "print each change after the list, until interrupted")
      .addOption(new Option("-n, --namespace <name>", "of this namespace only").conflicts("allNamespaces"))
      .option("-A, --all-namespaces", "of all namespaces (the default)")
      .option("-l, --selector <labels>", "with these labels only, such as tier=1")
      .addOption(
        new Option(
          "--exit-code",
          "for drift: exit with 2 if there is any, with 3 if a binding was not compared",
        ).conflicts("watch"),
      )
      .option(
        "--all",
        "for approvals: also the rejected ones, and each switch that waves have; for functions: every function in AWS",
      )
      .addOption(
        new Option(
          "--uncovered",
          "for functions: those in AWS that no manifest and no Exclusion names",
        ).conflicts("all"),
      )
      .option("--dir <folder>", `the checkout, for ${ROLE_ARN}`, ".");
  },
  run: async ({ args: [resource = "", target], options, toolbox }) =>
    resource === ROLE_ARN
      ? roleArn(target, options, toolbox)
      : printListing(resource, { target, options, toolbox }),
});

interface ListingRun {
  readonly target: string | undefined;
  readonly options: GetOptions;
  readonly toolbox: Toolbox;
}

/** @throws CliError */
async function printListing(resource: string, { target, options, toolbox }: ListingRun): Promise<ExitCode> {
  const listing = listingFor(resource, options);
  const isDrift = listing.names[0] === "drift";
  const client = await connect(options, toolbox);
  const { namespace = null, selector = null, all = false, output, watch } = options;
  if (options.exitCode === true && !isDrift)
    throw new CliError("--exit-code is for get drift", "grantkeeper get drift --exit-code");
  // Before the list: an account that is compared in between is never taken for one that had nothing.
  const { status: overview } = await client.overview();
  const listingTarget = { client, overview, target: target ?? null, namespace, selector };
  const request = { ...listingTarget, all, nowMs: toolbox.clock.nowMs() };
  if (options.exitCode === true) requireAccepted(overview);
  if (listing.namesManifests && target === undefined)
    await noteUnlisted({ client, diagnostics: overview.diagnostics }, namespace, toolbox);
  if (watch === true) {
    await noteRollbacks(overview, namespace === null ? null : [namespace], toolbox);
    await listing.watch({ ...request, output, toolbox });
    return 0;
  }
  const answer = await listing.answer(request);
  // The screen of such a list is the sentence of the note.
  if (!answer.isUnknown || output === "json" || output === "yaml" || output === "name")
    await noteComparing(overview, toolbox);
  await noteRollbacks(overview, answer.namespaces, toolbox);
  await show(answer, output, toolbox);
  if (isOfLiveFunctions(listing)) await noteUnreadFunctions(client, overview, toolbox);
  const { count } = answer;
  // A target may be the name of a drift; an empty list for a target is one of bindings.
  const asksBindings = isDrift && (target === undefined || count === 0);
  const unknown = asksBindings
    ? await noteUncompared(client, { ...listingTarget, accounts: overview.accounts }, toolbox)
    : 0;
  if (options.exitCode !== true) return 0;
  if (count > 0) return 2;
  return unknown > 0 ? 3 : 0;
}

/** Functions are those of the manifests, unless an option asks for those in AWS. @throws CliError */
function listingFor(resource: string, { uncovered, all }: GetOptions): Listing {
  const listing = listingOf(resource);
  const isFunctions = listing.names[0] === "functions";
  if (uncovered === true && !isFunctions)
    throw new CliError("--uncovered is for get functions", "grantkeeper get functions --uncovered");
  if (!isFunctions) return listing;
  if (uncovered === true) return UNCOVERED_FUNCTIONS;
  return all === true ? LIVE_FUNCTIONS : listing;
}

function isOfLiveFunctions(listing: Listing): boolean {
  return listing === LIVE_FUNCTIONS || listing === UNCOVERED_FUNCTIONS;
}

function whatText(): string {
  return LISTINGS.flatMap(({ names, what }) =>
    wrapped(what, HELP_WIDTH, { first: `  ${(names[0] ?? "").padEnd(12)} `, next: " ".repeat(15) }),
  ).join("\n");
}

const HELP_WIDTH = 80;

function listingOf(resource: string): Listing {
  const listing = LISTINGS.find(({ names }) => names.includes(resource.toLowerCase()));
  if (listing !== undefined) return listing;
  const resourceNames = [...LISTING_NAMES, ROLE_ARN];
  throw new CliError(
    `unknown resource "${resource}"${didYouMean(resource, resourceNames)}`,
    `valid resources: ${resourceNames.join(", ")}`,
  );
}
