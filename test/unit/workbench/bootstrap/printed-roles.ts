import type { Files } from "../../../../demo/manifests.ts";
import { accountText, functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { bootstrapIn, type BootstrapGiven } from "../../../support/screens/bootstrap.ts";
import type { CliRun } from "../../../support/screens/cli.ts";

export const VARIABLE_BOUNDARY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: home.only}
spec:
  use: boundary
  description: only the own folder (%{if} in a text)
  document:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: ["s3:GetObject"], Resource: "arn:aws:s3:::home/\${aws:PrincipalTag/team}/*"}]
`;

const BINDER = `  boundaries: [home.only]
  binder: {role: "arn:aws:iam::222222222222:role/grantkeeper-system/binder", externalId: gk-binder}\n`;

export const FILES: Files = {
  ...PLATFORM_FILES,
  "platform/accounts.yaml": accountText("prod", "222222222222", BINDER),
  "platform/second.yaml": accountText("staging", "333333333333").replace("mode: enforce", "mode: observe"),
  "platform/home.yaml": VARIABLE_BOUNDARY,
  "teams/orders/f.yaml": functionText("orders-api"),
};

/** Files and settings other than the usual. */
export type Given = Partial<BootstrapGiven>;

export async function bootstrap(root: string, argv: readonly string[], given: Given = {}): Promise<CliRun> {
  return bootstrapIn(root, argv, { files: FILES, ...given });
}
