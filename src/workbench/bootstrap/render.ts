import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import { accountTemplate } from "./cloudformation.ts";
import type { Bootstrap } from "./own-roles.ts";
import { stackSetTemplate } from "./stack-sets.ts";
import { terraformFile } from "./terraform.ts";

export const BOOTSTRAP_FORMATS = ["cloudformation", "stackset", "terraform", "json"] as const;
export type BootstrapFormat = (typeof BOOTSTRAP_FORMATS)[number];

/** The content of the file. A template of CloudFormation is for one account, stack sets are for an organization. */
export function rendered(bootstrap: Bootstrap, format: BootstrapFormat, settings: OwnRoleSettings): unknown {
  return RENDERERS[format](bootstrap, settings);
}

const RENDERERS = {
  cloudformation: ({ accounts, instance }) => {
    const [account] = accounts;
    if (account === undefined) throw new Error("a template of CloudFormation needs an account");
    return accountTemplate(account, instance);
  },
  stackset: stackSetTemplate,
  terraform: terraformFile,
  json: (bootstrap) => bootstrap,
} as const satisfies Record<BootstrapFormat, (bootstrap: Bootstrap, settings: OwnRoleSettings) => unknown>;
