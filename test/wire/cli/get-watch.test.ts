import { expect, test } from "@jest/globals";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import type { CliRun } from "../../support/screens/cli.ts";

const api = new ApiCli();

/** Runs the command until the third wait of its watch. @param change what happens in the second */
async function watched(argv: readonly string[], change: () => void): Promise<CliRun> {
  const stop = new AbortController();
  let rounds = 0;
  const sleep = async (): Promise<void> => {
    rounds += 1;
    if (rounds === 2) change();
    if (rounds === 3) stop.abort();
    stop.signal.throwIfAborted();
  };
  return api.run(argv, {}, { signal: stop.signal, clock: { nowMs: () => Date.parse(NOW), sleep } });
}

test("a watch prints only changes, and ends with success when interrupted", async () => {
  const { state } = (await api.start()).control;

  const { code, out } = await watched(["get", "holds", "--watch"], () => {
    state.overview = { ...state.overview, holds: [] };
  });

  expect(code).toBe(0);
  expect(out).toMatch(/^DIGEST [^]+\n\nNo pending approvals found\n$/);
});

test("a watch of drift asks for nothing more when interrupted, and ends with success", async () => {
  const { control } = await api.start();

  const { code, out, err } = await watched(["get", "drift", "--watch"], () => {
    control.state.views = new Map();
  });

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/\n\nNo drift found\n$/);
});

test("--exit-code cannot be used with --watch, which ends only when interrupted", async () => {
  const { code, err } = await api.run(["get", "drift", "--watch", "--exit-code"]);

  expect(code).toBe(1);
  expect(err).toContain("cannot be used with option");
});

test("a watch that is interrupted during a request ends with success", async () => {
  const stop = new AbortController();
  const sleep = async (): Promise<void> => stop.abort();

  const { code, out, err } = await api.run(
    ["get", "drift", "--watch"],
    {},
    { signal: stop.signal, clock: { nowMs: () => Date.parse(NOW), sleep } },
  );

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("orders/orders-api");
});
