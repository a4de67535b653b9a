import {
  known,
  type Estate,
  type EstateFunction,
  type EstatePart,
  type RoleStacks,
} from "../../adopt/estate/estate.ts";
import { STACKS_NOT_ASKED } from "../../adopt/estate/role-stacks.ts";
import { roleOfFunction, roleUsers } from "../../adopt/estate/role-users.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { STACK_ID_TAG, STACK_TAG } from "../../model/aws/deployer-tags.ts";
import { parseRegion, type Region } from "../../model/aws/ids.ts";
import type { AccountReader } from "../observe/reader.ts";
import { stackInRegion, stackOf, type StackQuestion } from "../observe/role-stacks.ts";
import { inParallel } from "../requests/in-parallel.ts";
import { estatePart } from "./estate-part.ts";

const WIDTH = 4;

export type RoleUser = Pick<EstateFunction, "name" | "roleArn" | "tags" | "versions">;

/** What is read before. */
type AskedEstate = Pick<Estate, "account" | "region" | "iam"> & { readonly functions: readonly RoleUser[] };

/**
 * Asks for the stack of each role that one function alone uses and that no tag shows as one of a stack: the other roles
 * cannot be taken over in place anyway. If the first call is denied, no other one is made.
 * @throws AwsError if the observer's role cannot be assumed
 */
export async function readStacksOfRoles(
  reader: AccountReader,
  estate: AskedEstate,
): Promise<EstatePart<RoleStacks>> {
  if (estate.iam.kind === "unknown") return STACKS_NOT_ASKED;
  const questions = questionsOf(estate);
  const [first] = questions;
  if (first === undefined) return known(new Map());
  const tried = await estatePart(() => stackInRegion(reader, estate.region, first.name));
  if (tried.kind === "unknown" && tried.why === "denied") return tried;
  const answers = await inParallel(questions, WIDTH, async ({ name, regions }) => {
    return [name.toLowerCase(), { regions, stack: await stackOf(reader, { name, regions }) }] as const;
  });
  return known(new Map(answers));
}

function questionsOf(estate: AskedEstate): readonly StackQuestion[] {
  const users = roleUsers(estate);
  return estate.functions.flatMap((found): readonly StackQuestion[] => {
    const role = roleOfFunction(estate, found);
    if (role.kind !== "present" || users.get(found.roleArn)?.length !== 1) return [];
    const { name, tags } = role.value;
    if (tags.some(({ key }) => key === STACK_TAG)) return [];
    return [{ name, regions: regionsOf(found, estate.region) }];
  });
}

/** The region of the function, and the one of its stack if that is another one. */
function regionsOf({ tags }: Pick<EstateFunction, "tags">, region: Region): readonly Region[] {
  const id = tags.kind === "known" ? tags.value.find(({ key }) => key === STACK_ID_TAG)?.value : undefined;
  const ofStack = id === undefined ? undefined : parseRegion(arnParts(id).region);
  return ofStack === undefined || ofStack === region ? [region] : [region, ofStack];
}
