import { describe, expect, test } from "@jest/globals";
import { HELP, parseArguments } from "../../../demo/arguments.ts";

describe("the demo's arguments", () => {
  test.each([
    { args: [], means: { once: false, json: false } },
    { args: ["--once"], means: { once: true, json: false } },
    { args: ["--once", "--json"], means: { once: true, json: true } },
  ])("$args play the story", ({ args, means }) => {
    expect(parseArguments(args)).toEqual({ kind: "play", ...means });
  });

  test.each(["--help", "-h"])("%s shows every option", (flag) => {
    expect(parseArguments([flag])).toEqual({ kind: "help" });
    for (const option of ["--once", "--json", "--help"]) expect(HELP).toContain(option);
  });

  test.each([
    { args: ["--onec"], says: "option --onec" },
    { args: ["-x"], says: "option -x" },
    { args: ["--once=2"], says: "value of --once" },
    { args: ["--help", "--fast"], says: "option --fast" },
    { args: ["now"], says: 'argument "now"' },
  ])("$args is refused in one line", ({ args, says }) => {
    expect(parseArguments(args)).toEqual({
      kind: "refused",
      message: `error: unknown ${says}; --help shows what there is`,
    });
  });
});
