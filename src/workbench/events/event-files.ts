import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import { templateOf, type CloudFormationTemplate, type Resource } from "../bootstrap/cloudformation.ts";
import type { BootstrapFile } from "../bootstrap/files.ts";
import { oneAccount, stackSet } from "../bootstrap/stack-sets.ts";
import { jsonText } from "../bootstrap/terraform.ts";
import type { EventStack, EventStacks } from "./event-stacks.ts";

export const EVENT_FORMATS = ["json", "cloudformation", "terraform", "stackset"] as const;
export type EventFormat = (typeof EVENT_FORMATS)[number];

interface EventFileSettings extends Pick<OwnRoleSettings, "organizationalUnits" | "callAs"> {
  readonly instance: string;
}

/** What `--out` writes: a file for each account and region, or the stack sets in one. */
export function eventFiles(
  { stacks }: EventStacks,
  format: EventFormat,
  settings: EventFileSettings,
): readonly BootstrapFile[] {
  if (format === "stackset") return [{ path: "stack-sets.json", value: eventStackSets(stacks, settings) }];
  return stacks.map((stack) => {
    const folder = `${stack.accountId}-${stack.region}-${stack.name}`;
    return format === "terraform"
      ? { path: `${folder}/grantkeeper.tf.json`, value: moduleOf(stack, settings) }
      : { path: `${folder}.json`, value: stack.template };
  });
}

/**
 * A module with the default provider. It deploys the stack itself: a policy of the provider for an event bus replaces every other
 * statement of the bus, and its permission cannot be limited to one rule.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_bus_policy
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudformation_stack
 */
function moduleOf({ name, template }: EventStack, { instance }: EventFileSettings): object {
  const stack = {
    name: stackName(`grantkeeper-${instance}-events-${name}`),
    capabilities: ["CAPABILITY_IAM"],
    template_body: jsonText(template),
  };
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    resource: { aws_cloudformation_stack: { change_events: stack } },
  };
}

/** One stack set for each account and region: those that forward wait for the queues, whose event buses let them send. */
export function eventStackSets(
  stacks: readonly EventStack[],
  { instance, organizationalUnits, callAs }: EventFileSettings,
): CloudFormationTemplate {
  const sets = stacks.map((stack, at): readonly [string, Resource, EventStack] => {
    const { accountId, region, name, template } = stack;
    const resource = stackSet({
      name: stackName(`grantkeeper-${instance}-events-${accountId}-${region}-${name}`),
      description: `Change events of Grantkeeper ${instance} in account ${accountId}, ${region}`,
      targets: oneAccount(accountId, organizationalUnits),
      region,
      callAs,
      template,
    });
    return [`Events${at + 1}`, resource, stack];
  });
  const queues = sets.filter(([, , { kind }]) => kind === "queue").map(([id]) => id);
  return templateOf(
    `Change events for Grantkeeper ${instance}`,
    sets.map(([id, resource, { kind }]) =>
      kind === "queue" ? [id, resource] : [id, { ...resource, DependsOn: queues }],
    ),
  );
}

/** Names of stacks and of stack sets have letters, digits and hyphens, 128 at most. */
function stackName(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9-]/g, "-").slice(0, 128);
}
