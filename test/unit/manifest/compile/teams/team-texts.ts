import { accountText, compileTexts } from "../../../../support/manifests.ts";

export const FILE = "platform/teams.yaml";

export function teamText(name: string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${name}}
spec: {${spec}}
`;
}

function teamsText(teams: Readonly<Record<string, string>>): string {
  return Object.entries(teams)
    .map(([name, spec]) => teamText(name, spec))
    .join("---\n");
}

export const STAGING = { "platform/staging.yaml": accountText("staging", "333333333333") };

export function compiled(
  teams: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
) {
  return compileTexts({ [FILE]: teamsText(teams), ...STAGING, ...files });
}

export const ORDERS = "accounts: [prod], functions: ['orders-*']";
