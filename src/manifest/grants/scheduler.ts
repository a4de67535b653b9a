import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, type GrantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const GROUP: ResourceKind = {
  what: "a schedule group of EventBridge Scheduler",
  service: "scheduler",
  scope: "region-and-account",
  prefix: "schedule-group/",
  name: "[0-9a-zA-Z_.-]{1,64}",
  example: "reminders",
};

const fields = z.strictObject({ group: resourceField(GROUP), allow: listOf(z.enum(["manage"])) });

export const scheduler: GrantEntry<z.infer<typeof fields>> = {
  grant: "scheduler",
  fields,
  verbs: {
    manage: {
      allows: "create, read, update and delete schedules of the group",
      leavesOut:
        "manage has no iam:PassRole, which CreateSchedule needs for the role of the schedule's target: write it under spec.statements, on that one role, with iam:PassedToService scheduler.amazonaws.com",
    },
  },
  regionalFields: ["group"],
  needsRegion: false,
  examples: [{ group: "reminders", allow: ["manage"] }],
  expand: (grant, place) => [
    allow(
      "manage",
      [
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:UpdateSchedule",
      ],
      [`${resourceArn(GROUP, grant.group, place).replace(":schedule-group/", ":schedule/")}/*`],
    ),
  ],
};
