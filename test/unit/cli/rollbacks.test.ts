import { expect, test } from "@jest/globals";
import { noteAskedRollbacks } from "../../../src/cli/screen/rollbacks.ts";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import type { Toolbox } from "../../../src/cli/toolbox/toolbox.ts";

/** @returns what is noted if the controller does not answer for its sources */
async function notedAfter(failure: Error): Promise<string> {
  const noted: string[] = [];
  const err = async (text: string): Promise<void> => void noted.push(text);
  const terminal = { isTerminal: false, columns: null, err };
  const toolbox = { clock: { nowMs: () => 0 }, env: {}, terminal } as unknown as Toolbox;
  await noteAskedRollbacks({ overview: () => Promise.reject(failure) }, null, toolbox);
  return noted.join("").replaceAll(/\s+/g, " ");
}

test("an answer stays, with a note, if the controller no longer answers whether a rollback is in force", async () => {
  const failure = new CliError("cannot reach the controller: connection closed", null);

  expect(await notedAfter(failure)).toContain(
    "whether a rollback is in force is not known: cannot reach the controller: connection closed",
  );
});

test("a fault while rollbacks are asked for is not taken for a controller that does not answer", async () => {
  await expect(notedAfter(new Error("a fault"))).rejects.toThrow("a fault");
});
