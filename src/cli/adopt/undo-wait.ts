import type { AdoptionUndoObject } from "../../api/commands.ts";
import type { AdoptionUndoStatus } from "../../model/keys/adoption-undo.ts";
import { addressOf, keyParts, type Key, targetText } from "../../model/keys/key.ts";
import { shortArn } from "../../plan/render/words.ts";
import type { ApiClient } from "../client/client.ts";
import { withProgress } from "../screen/progress.ts";
import { deadline } from "../../wording/time.ts";
import { CliError, type ExitCode } from "../toolbox/cli-error.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

const EVERY_MS = 500;

interface UndoneFunction {
  readonly key: Key;
  readonly target: string;
  /** Of this order; null: no pass has seen it yet, or a later order took its place. */
  readonly undo: AdoptionUndoStatus | null;
  /** A later order took its place: who ordered that; null: none did. */
  readonly orderedAgainBy: string | null;
}

/** The result of `adopt --undo --yes`, for programs. */
export interface UndoResult {
  readonly exitCode: ExitCode;
  readonly undo: AdoptionUndoObject;
  readonly functions: readonly UndoneFunction[];
}

interface UndoWait {
  readonly client: ApiClient;
  readonly timeoutMs: number;
}

/**
 * Waits until each function of the order is done or has stopped, or the time is over. The order is recorded, so a controller
 * that restarts in between continues it.
 * @throws CliError if the controller does not answer when the time is over
 */
export function undoResult(
  undo: AdoptionUndoObject,
  { client, timeoutMs }: UndoWait,
  toolbox: Toolbox,
): Promise<UndoResult> {
  const { clock, signal } = toolbox;
  const endMs = clock.nowMs() + timeoutMs;
  return withProgress("undoing", toolbox, async (showText) => {
    for (;;) {
      const functions = await undoneFunctions(undo, client).catch(withoutAnswer);
      const isOver = clock.nowMs() >= endMs;
      if (functions instanceof CliError) {
        if (isOver) throw endUnseen(functions);
        showText("undoing: the controller does not answer");
      } else {
        const waiting = functions.filter(isWaiting);
        if (waiting.length === 0 || isOver) return resultOf(undo, functions);
        showText(`undoing: ${waiting.map(functionText).slice(0, 3).join(", ")}`);
      }
      await clock.sleep(EVERY_MS, signal);
    }
  });
}

/** A controller that restarts does not answer for a moment; a token that it refuses stays refused. */
function withoutAnswer(cause: unknown): CliError {
  if (!(cause instanceof CliError) || cause.exitCode !== 4) throw cause;
  if (cause.problems.some(({ code }) => code === "Unauthorized" || code === "Forbidden")) throw cause;
  return cause;
}

function endUnseen(cause: CliError): CliError {
  return new CliError(
    `the undo is ordered, and its end was not seen: ${cause.message}`,
    "the controller continues it after its start: `grantkeeper describe` of each function shows how far it is",
    { exitCode: 4, cause, code: "Unreachable" },
  );
}

function resultOf(undo: AdoptionUndoObject, functions: readonly UndoneFunction[]): UndoResult {
  const isDone = functions.every((one) => one.undo?.state === "done");
  return { exitCode: isDone ? 0 : 3, undo, functions };
}

function isWaiting({ undo, orderedAgainBy }: UndoneFunction): boolean {
  return orderedAgainBy === null && (undo === null || undo.state === "running");
}

async function undoneFunctions(
  undo: AdoptionUndoObject,
  client: ApiClient,
): Promise<readonly UndoneFunction[]> {
  const { keys } = undo.status;
  const namespaces = new Set(keys.map((key) => keyParts(key).namespace));
  const lists = await Promise.all([...namespaces].map((namespace) => client.list("bindings", { namespace })));
  const accounts = await client.accountNames();
  const byKey = new Map(lists.flat().map((object) => [object.spec.key, object]));
  return keys.map((key) => {
    const target = targetText(addressOf(key, accounts));
    return { key, target, ...ofOrder(byKey.get(key)?.status.adoption?.undo, undo) };
  });
}

/** The same plan may be ordered again after a stop: an order is known by its plan and its time. */
function ofOrder(
  shown: AdoptionUndoStatus | undefined,
  { spec: { subject }, metadata: { creationTimestamp: at = "" } }: AdoptionUndoObject,
): Pick<UndoneFunction, "undo" | "orderedAgainBy"> {
  if (shown?.subject === subject && shown.at === at) return { undo: shown, orderedAgainBy: null };
  const isLater = shown !== undefined && Date.parse(shown.at) > Date.parse(at);
  return { undo: null, orderedAgainBy: isLater ? shown.actor : null };
}

/** What became of each function, and how it stays so. */
export function undoResultLines({ functions, undo }: UndoResult, nowMs: number): readonly ScreenLine[] {
  const isDone = functions.some((one) => one.undo?.state === "done");
  return [
    ...functions.map(functionText),
    `suspended until ${deadline(undo.spec.until, nowMs)}`,
    ...(isDone
      ? labelledLines("hint", "to keep it so, set mode: observe in the manifest before that time")
      : []),
  ];
}

function functionText({ target, undo, orderedAgainBy }: UndoneFunction): string {
  if (orderedAgainBy !== null) return `${target}: ${orderedAgainBy} has ordered another undo since`;
  if (undo === null) return `${target}: ordered; no pass has begun it yet`;
  const role = shortArn(undo.to);
  if (undo.state === "done") return `${target}: undone, read back: it has ${role} again`;
  const reason = undo.reason === null ? "" : `: ${undo.reason}`;
  return undo.state === "stopped" ? `${target}: stopped${reason}` : `${target}: not finished yet${reason}`;
}
