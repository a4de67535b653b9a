import type { ApprovalObject } from "../../api/commands.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { addControllerOptions, durationOption, type ControllerOptions } from "../toolbox/options.ts";
import { show } from "../screen/print.ts";
import { deadline } from "../../wording/time.ts";
import {
  allWaitText,
  keysText,
  neededLength,
  overrideText,
  rejectionText,
  shortSubject,
  windowTexts,
} from "../../wording/words.ts";
import { counted } from "../../text/phrases.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../screen/layout.ts";
import { noteLines } from "../screen/problem.ts";
import { wrapped } from "../../text/layout/wrap.ts";

interface ApproveOptions extends ControllerOptions {
  readonly reason: string;
  readonly for: number;
  readonly override?: true;
}

export const approve: CliCommand<ApproveOptions> = {
  name: "approve",
  summary: "approve a pending plan or revision",
  description:
    "Approves a pending plan by its digest (or the first eight or more of its digits), or a held revision. The approval covers exactly what `grantkeeper describe approval DIGEST` shows, and ends after --for. A plan that only waits needs no approval. Add --override to skip one wait, which `describe approval` names: for the change window, for an account that comes first, or for a function that it depends on. Any other wait remains.",
  examples: [
    ['grantkeeper approve 7f3a91c2 --reason "ORD-12, checked with dana"', "a plan, by its digest"],
    ['grantkeeper approve main@9c1d04e --reason "history was rewritten on purpose"', "a held revision"],
    ['grantkeeper approve 7f3a91c2 --override --reason "INC-7"', "a plan that waits for a change window"],
  ],
  define: (command) => {
    addControllerOptions(command.argument("<digest>", "a digest or a revision, as `get approvals` shows it"))
      .requiredOption("--reason <text>", "reason, written to the audit record")
      .addOption(durationOption("--for <duration>", "how long the approval is valid", "1h"))
      .option("--override", "write a plan now that only waits, for example for a change window");
  },
  run: async ({ args: [subject = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const approval = await client.create("approvals", {
      subject,
      reason: options.reason,
      for: `${options.for / 1_000}s`,
      ...(options.override === true && { override: true }),
    });
    const { spec } = approval;
    const line = `approved ${shortSubject(spec.subject)}: ${approvedText(approval, toolbox.clock.nowMs())}`;
    const { ends } = approval.status;
    const ended =
      ends === null ? [] : [`this ends the rejection by ${rejectionText(ends, toolbox.clock.nowMs())}`];
    const notes = noteTexts(approval, toolbox.clock.nowMs());
    const lines = ({ width }: Layout): readonly ScreenLine[] => [
      ...[line, ...ended].flatMap((text) => wrapped(text, width, { first: "", next: "  " })),
      ...notes.flatMap((text) => noteLines(text, width)),
    ];
    return show({ value: approval, lines }, options.output, toolbox);
  },
};

function noteTexts({ spec, status: { windows, keys } }: ApprovalObject, nowMs: number): readonly string[] {
  const length = neededLength(windows, { expiresAtMs: Date.parse(spec.expiresAt), nowMs });
  const allWait = allWaitText(windows, keys);
  return [
    ...(allWait === null ? [] : [allWait]),
    ...windowTexts(windows),
    ...(length === null ? [] : [`the approval ends before that; approve again with --for ${length}`]),
  ];
}

function approvedText({ spec, status }: ApprovalObject, nowMs: number): string {
  const { keys, calls, isVerdict } = status;
  // A verdict is recorded for good: nothing is left to write until the approval ends.
  if (isVerdict === true) return `the rules refuse ${keysText(keys)} from now on`;
  const what = keys.length === 0 ? "the revision" : `${keysText(keys)}, ${counted(calls, "call")}`;
  return `${what}${overrideText(status)}, until ${deadline(spec.expiresAt, nowMs)}`;
}
