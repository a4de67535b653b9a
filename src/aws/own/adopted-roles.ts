import { INSTANCE_TAG, OWNER_TAG } from "../../model/aws/tag.ts";
import {
  attachedWithin,
  requestTag,
  resourceTag,
  ROLE_CHANGES,
  tagKeysWithin,
  type OwnFacts,
  type OwnStatement,
} from "./facts.ts";

/**
 * The writer's permissions on the roles that the platform lists for taking over in place. They are outside our path, so
 * each is named by its ARN, and only the tag of the instance distinguishes a role that was taken over. The writer can
 * neither create nor delete one. As few statements as possible repeat the list, which may be long.
 */
export function adoptedStatements(facts: OwnFacts): readonly OwnStatement[] {
  const { adoptable: Resource, boundaries, instance } = facts;
  if (Resource.length === 0) return [];
  const owned = { StringEquals: { "iam:PermissionsBoundary": boundaries, [resourceTag]: instance } };
  return [
    {
      Sid: "ChangeAdoptedRoles",
      Effect: "Allow",
      Action: ROLE_CHANGES,
      Resource,
      Condition: owned,
    },
    {
      Sid: "AttachToAdoptedRoles",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy"],
      Resource,
      Condition: { ...owned, ...attachedWithin(facts) },
    },
    ...adoptedTagStatements(facts),
  ];
}

function adoptedTagStatements({ adoptable: Resource, instance, tagKeys }: OwnFacts): readonly OwnStatement[] {
  const ofInstance = { StringEquals: { [resourceTag]: instance } };
  const named = { Null: { "aws:TagKeys": "false" } } as const;
  const tagOwned: OwnStatement = {
    Sid: "TagAdoptedRoles",
    Effect: "Allow",
    Action: ["iam:TagRole"],
    Resource,
    Condition: { ...ofInstance, ...tagKeysWithin(tagKeys), ...named },
  };
  return [
    {
      // The only write on a role without our tag; a role with the tag of another instance is never tagged.
      Sid: "AdoptListedRoles",
      Effect: "Allow",
      Action: ["iam:TagRole"],
      Resource,
      Condition: {
        StringEquals: { [requestTag]: instance },
        StringEqualsIfExists: { [resourceTag]: instance },
        ...tagKeysWithin([INSTANCE_TAG, OWNER_TAG]),
      },
    },
    ...(tagKeys.length === 0 ? [] : [tagOwned]),
    {
      Sid: "UntagAdoptedRoles",
      Effect: "Allow",
      Action: ["iam:UntagRole"],
      Resource,
      Condition: { ...ofInstance, ...named },
    },
  ];
}
