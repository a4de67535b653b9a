import { Ajv } from "ajv";

/**
 * One issue. GitLab leaves out what its parser's schema refuses, and a severity that it does not know has no symbol.
 * @see https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/validators/json_schemas/codeclimate.json
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export const ISSUES = new Ajv().compile({
  type: "array",
  items: {
    type: "object",
    required: ["description", "check_name", "fingerprint", "severity", "location"],
    properties: {
      description: { type: "string" },
      check_name: { type: "string" },
      fingerprint: { type: "string" },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: {
        type: "object",
        required: ["path", "lines"],
        properties: {
          path: { type: "string" },
          lines: {
            type: "object",
            required: ["begin"],
            properties: { begin: { type: "integer", minimum: 1 } },
          },
        },
      },
    },
  },
});

interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * As GitHub's runner reads a line of a log; null: it is no command.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (`TryParseV2`)
 */
export function runnerCommand(line: string): RunnerCommand | null {
  const found = /^\s*::([^ ]*?)(?: (.*?))?::(.*)$/su.exec(line);
  if (found === null) return null;
  const [, name = "", list = "", data = ""] = found;
  const pairs = list
    .trim()
    .split(",")
    .map((pair) => /^([^=]+)=(.+)$/su.exec(pair))
    .flatMap((pair) => (pair === null ? [] : [[pair[1] ?? "", unescaped(pair[2] ?? "")] as const]));
  return { name, properties: Object.fromEntries(pairs), data: unescaped(data) };
}

/** The percent sign is the last one. */
function unescaped(text: string): string {
  const codes = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
  return Object.entries(codes).reduce((done, [code, character]) => done.replaceAll(code, character), text);
}
