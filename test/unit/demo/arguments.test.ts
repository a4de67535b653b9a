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

  test.each([
    { args: ["--replicas", "3"], means: { replicas: 3, once: false, json: false } },
    { args: ["--replicas=2", "--once", "--json"], means: { replicas: 2, once: true, json: true } },
  ])("$args run replicas", ({ args, means }) => {
    expect(parseArguments(args)).toEqual({ kind: "replicas", ...means });
  });

  test.each([
    { args: ["--replicas"], problem: "--replicas needs a number from 2 to 5" },
    { args: ["--replicas", "--once"], problem: "--replicas needs a number from 2 to 5" },
    { args: ["--replicas", "1"], problem: "--replicas needs a number from 2 to 5" },
    { args: ["--replicas", "2.5"], problem: "--replicas needs a number from 2 to 5" },
    { args: ["--replicas", "3", "--json"], problem: "--replicas with --json needs --once" },
  ])("$args are rejected with the reason", ({ args, problem }) => {
    expect(parseArguments(args)).toEqual({
      kind: "refused",
      message: `error: ${problem}; --help lists the options`,
    });
  });

  test.each(["--help", "-h"])("%s shows every option", (flag) => {
    expect(parseArguments([flag])).toEqual({ kind: "help" });
    for (const option of ["--once", "--json", "--replicas", "--help"]) expect(HELP).toContain(option);
  });

  test.each([
    { args: ["--onec"], unknown: "option --onec" },
    { args: ["-x"], unknown: "option -x" },
    { args: ["--once=2"], unknown: "value of --once" },
    { args: ["--help", "--fast"], unknown: "option --fast" },
    { args: ["now"], unknown: 'argument "now"' },
  ])("$args is rejected in one line", ({ args, unknown }) => {
    expect(parseArguments(args)).toEqual({
      kind: "refused",
      message: `error: unknown ${unknown}; --help lists the options`,
    });
  });
});
