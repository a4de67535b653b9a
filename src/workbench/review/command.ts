import { InvalidArgumentError, Option } from "commander";
import { printNote } from "../../cli/screen/print.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import {
  addFolder,
  addReferences,
  addReportOptions,
  folderOf,
  type ReferencesOption,
  type ReportOptions,
} from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { reflowed } from "../../text/screen-line.ts";
import { planExitCode } from "../plan/report.ts";
import { mapTexts, ownTexts, type ServiceOptions } from "../project/service.ts";
import { showReport } from "../reports/show-report.ts";
import { reviewMarkdown } from "./markdown.ts";
import { ForgeApi } from "./post/forge-api.ts";
import { problemsOfReview } from "./pipeline.ts";
import { postReview } from "./post/post-review.ts";
import { CONVERSATION_FORGES } from "../../network/forges/conversation.ts";
import { postTarget, type PostOptions, type PostTarget } from "./post/target.ts";
import type { ControllerOption } from "./live/ask-controller.ts";
import { reviewOf, type Review } from "./review.ts";
import { reviewLines } from "./screen.ts";
import { reviewValue } from "./value.ts";

interface ReviewOptions
  extends ReportOptions, ServiceOptions, ReferencesOption, PostOptions, ControllerOption {
  readonly dir?: string;
  readonly base: string;
  readonly head?: string;
}

export const review: CliCommand<ReviewOptions> = {
  name: "review",
  summary: "show what a branch newly allows, what is wrong in it, and who must approve it",
  description:
    "Compares the working tree of DIR (default: the current folder), or --head, with the newest commit that it shares with --base, without AWS. With --server, the running controller adds what it will do in AWS after the merge, by its last read: no AWS credentials are needed. Shows the permissions that change with their risk, the problems that are new, gone and unchanged, corrected lines, the approvals that are needed after the merge, and whether the change may merge by itself. Nothing of the branch is run or checked out. Exits with 3 if something is refused or cannot be used.",
  examples: [
    ["grantkeeper review --base origin/main", "what this branch changes"],
    ["grantkeeper review --base origin/main --head topic -o markdown", "a comment for the pull request"],
    [
      "grantkeeper review --base origin/main --server https://gk.example.com",
      "with the calls after the merge, by the controller",
    ],
    [
      "grantkeeper review --base origin/main -o gitlab > gl-code-quality-report.json",
      "for GitLab's Code Quality",
    ],
  ],
  define: (command) => {
    addReferences(
      addFolder(addReportOptions(command.argument("[dir]", "a folder with platform/ and teams/"))),
    )
      .requiredOption("--base <revision>", "the branch that this one is to be merged into")
      .option("--head <revision>", "this revision instead of the working tree")
      .option("--platform <folder|url>", "DIR belongs to a service; read the platform's manifests from here")
      .option("--namespace <name>", "with --platform: the namespace of the manifests in DIR")
      .option("--platform-token-file <file>", "with --platform URL: a token that may read the repository")
      .option("--platform-ssh-key <file>", "with --platform ssh://…: the private key")
      .option("--platform-known-hosts <file>", "with --platform ssh://…: the host keys (known_hosts)")
      .option(
        "--server [url]",
        "ask the running controller what it will do: this address, else GRANTKEEPER_SERVER or the operator's file",
      )
      .addOption(
        new Option("--post <forge>", "post the review of --head, with GRANTKEEPER_FORGE_TOKEN").choices([
          ...CONVERSATION_FORGES,
        ]),
      )
      .option("--repository <name>", "with --post: OWNER/NAME (default: from the pipeline)")
      .option(
        "--pull-request <number>",
        "with --post: its number (default: from the pipeline; none: only statuses)",
        pullRequestArgument,
      )
      .option("--api-url <url>", "with --post: the API of the forge (default: from the pipeline)")
      .option("--token-file <file>", "with --post: the token, instead of GRANTKEEPER_FORGE_TOKEN")
      .option(
        "--comment-author <login>",
        "with --post: who writes the comments (default: github-actions[bot])",
      )
      .option("--merge-status", "with --post: also a status that succeeds if it may merge by itself")
      .option("--target <branch>", "with --merge-status: where it may merge (default: of the pull request)")
      .addOption(
        new Option("--review-name <name>", "the name of the comment and of the statuses")
          .default("review")
          .argParser(nameArgument),
      );
  },
  run: async ({ args: [dir], options, toolbox }) => {
    const target = await postTarget(options, toolbox.env);
    if (target !== null && options.head === undefined)
      throw new CliError("only a commit can be posted, not a working tree", "add --head REVISION");
    const reviewed = await reviewOf(folderOf(dir, options.dir) ?? ".", options, toolbox);
    const { plan } = reviewed;
    const own = plan.service === null ? (text: string) => text : ownTexts(plan.service);
    const answer = {
      value: mapTexts(reviewValue(reviewed), own),
      lines: (layout: Parameters<typeof reviewLines>[1]) =>
        reflowed(reviewLines(reviewed, layout), (text) => [own(text)]),
      report: () => problemsOfReview(reviewed, options.output),
      markdown: () => own(reviewMarkdown(reviewed)),
    };
    await showReport(answer, options.output, toolbox);
    if (target !== null) await postTo(target, { reviewed, markdown: answer.markdown() }, toolbox);
    return planExitCode(plan, false);
  },
};

async function postTo(
  target: PostTarget,
  { reviewed, markdown }: { readonly reviewed: Review; readonly markdown: string },
  toolbox: Toolbox,
): Promise<void> {
  const { commit } = reviewed;
  if (commit === null) throw new Error("a working tree was to be posted");
  const api = new ForgeApi(target, await toolbox.fetch(), toolbox);
  const toPost = { review: { ...reviewed, commit }, markdown };
  for (const line of await postReview(toPost, api)) await printNote(`posted: ${line}`, toolbox);
}

function pullRequestArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected the number of a pull request.");
  return Number(text);
}

/** It is part of a marker in the comment. */
function nameArgument(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,29}$/.test(text))
    throw new InvalidArgumentError("Expected at most 30 of a-z, 0-9 and -.");
  return text;
}
