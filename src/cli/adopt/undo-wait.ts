import type { AdoptionUndoObject } from "../../api/commands.ts";
import type { AdoptionUndoStatus } from "../../model/keys/adoption-undo.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { targetText } from "../../model/keys/target-text.ts";
import { shortArn } from "../../plan/render/words.ts";
import type { ApiClient } from "../client/client.ts";
import { addressOf } from "../client/known-bindings.ts";
import { withProgress } from "../screen/progress.ts";
import { deadline } from "../screen/time.ts";
import type { ExitCode } from "../toolbox/cli-error.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

const EVERY_MS = 500;

interface UndoneFunction {
  readonly key: Key;
  readonly target: string;
  /** null: no pass has seen the order yet. */
  readonly undo: AdoptionUndoStatus | null;
}

/** The result of `adopt --undo --yes`, for programs. */
export interface UndoResult {
  readonly exitCode: ExitCode;
  readonly undo: AdoptionUndoObject;
  readonly functions: readonly UndoneFunction[];
}

/** Waits until each function of the order is done or has stopped, or the time is over. */
export function undoResult(
  undo: AdoptionUndoObject,
  { client, timeoutMs }: { readonly client: ApiClient; readonly timeoutMs: number },
  toolbox: Toolbox,
): Promise<UndoResult> {
  const { clock, signal } = toolbox;
  const endMs = clock.nowMs() + timeoutMs;
  return withProgress("undoing", toolbox, async (showText) => {
    for (;;) {
      const functions = await undoneFunctions(undo, client);
      const waiting = functions.filter(isWaiting);
      if (waiting.length === 0 || clock.nowMs() >= endMs) return resultOf(undo, functions);
      showText(`undoing: ${waiting.map(functionText).slice(0, 3).join(", ")}`);
      await clock.sleep(EVERY_MS, signal);
    }
  });
}

function resultOf(undo: AdoptionUndoObject, functions: readonly UndoneFunction[]): UndoResult {
  const isDone = functions.every((one) => one.undo?.state === "done");
  return { exitCode: isDone ? 0 : 3, undo, functions };
}

function isWaiting({ undo }: UndoneFunction): boolean {
  return undo === null || undo.state === "running";
}

async function undoneFunctions(
  { spec: { subject }, status: { keys } }: AdoptionUndoObject,
  client: ApiClient,
): Promise<readonly UndoneFunction[]> {
  const namespaces = new Set(keys.map((key) => keyParts(key).namespace));
  const lists = await Promise.all([...namespaces].map((namespace) => client.list("bindings", { namespace })));
  const accounts = await client.accountNames();
  const byKey = new Map(lists.flat().map((object) => [object.spec.key, object]));
  return keys.map((key) => {
    const undo = byKey.get(key)?.status.adoption?.undo;
    const target = targetText(addressOf(key, accounts));
    return { key, target, undo: undo?.subject === subject ? undo : null };
  });
}

/** What became of each function, and how it stays so. */
export function undoResultLines({ functions, undo }: UndoResult, nowMs: number): readonly string[] {
  const isDone = functions.some((one) => one.undo?.state === "done");
  return [
    ...functions.map(functionText),
    `suspended until ${deadline(undo.spec.until, nowMs)}`,
    ...(isDone ? ["hint:  to keep it so, set mode: observe in the manifest before that time"] : []),
  ];
}

function functionText({ target, undo }: UndoneFunction): string {
  if (undo === null) return `${target}: ordered; no pass has begun it yet`;
  const role = shortArn(undo.to);
  if (undo.state === "done") return `${target}: undone, read back: it has ${role} again`;
  const reason = undo.reason === null ? "" : `: ${undo.reason}`;
  return undo.state === "stopped" ? `${target}: stopped${reason}` : `${target}: not finished yet${reason}`;
}
