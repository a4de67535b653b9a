import { expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";

test("a person who starts it in a terminal gets an answer instead of silence", async () => {
  expect(await cli(["language-server"], { terminal: { isTerminal: true } })).toEqual({
    code: 1,
    out: "",
    err: "error: an editor starts this command\nhint:  docs/authoring.md has the settings of editors\n",
  });
});
