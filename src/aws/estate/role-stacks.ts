import {
  known,
  type Estate,
  type EstateFunction,
  type EstatePart,
  type RoleStack,
  type RoleStacks,
} from "../../adopt/estate/estate.ts";
import { STACKS_NOT_ASKED } from "../../adopt/estate/role-stacks.ts";
import { roleOfFunction, roleUsers } from "../../adopt/estate/role-users.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { STACK_ID_TAG, STACK_TAG } from "../../model/aws/deployer-tags.ts";
import { parseRegion, type Region } from "../../model/aws/ids.ts";
import type { AccountReader } from "../observe/reader.ts";
import { StackReader, type StackQuestion } from "../observe/role-stacks.ts";
import { inParallel } from "../requests/in-parallel.ts";
import { estatePart, type ProgressCount } from "./estate-part.ts";

const WIDTH = 4;

export type RoleUser = Pick<EstateFunction, "name" | "roleArn" | "tags" | "versions">;

/** What is read before. */
type AskedEstate = Pick<Estate, "account" | "region" | "iam"> & { readonly functions: readonly RoleUser[] };

/**
 * Asks for the stack of each role that one function alone uses and that no tag shows as one of a stack: the other roles
 * cannot be taken over in place anyway. Functions of one stack are asked for one after the other, because the first answer
 * shows all roles of the stack. If the first call is denied, no other one is made.
 * @throws AwsError if the observer's role cannot be assumed
 */
export async function readStacksOfRoles(
  reader: AccountReader,
  estate: AskedEstate,
  count: ProgressCount,
): Promise<EstatePart<RoleStacks>> {
  if (estate.iam.kind === "unknown") return STACKS_NOT_ASKED;
  const questions = questionsOf(estate);
  const [first] = questions;
  if (first === undefined) return known(new Map());
  const stacks = new StackReader(reader);
  const tried = await estatePart(() => stacks.inRegion(estate.region, first.name));
  if (tried.kind === "unknown" && tried.why === "denied") return tried;
  count.begin("roles", questions.length);
  const ofStacks = Map.groupBy(questions, ({ name, stackId }) => stackId ?? `role ${name}`);
  const answers = await inParallel([...ofStacks.values()], WIDTH, async (rolesOfStack) => {
    const found: [string, RoleStack][] = [];
    for (const { name, regions } of rolesOfStack) {
      found.push([name.toLowerCase(), { regions, stack: await stacks.stackOf({ name, regions }) }]);
      count.add("roles");
    }
    return found;
  });
  return known(new Map(answers.flat()));
}

interface RoleQuestion extends StackQuestion {
  /** Of the function; null: no tag shows one. */
  readonly stackId: string | null;
}

function questionsOf(estate: AskedEstate): readonly RoleQuestion[] {
  const users = roleUsers(estate);
  return estate.functions.flatMap((found): readonly RoleQuestion[] => {
    const role = roleOfFunction(estate, found);
    if (role.kind !== "present" || users.get(found.roleArn)?.length !== 1) return [];
    const { name, tags } = role.value;
    if (tags.some(({ key }) => key === STACK_TAG)) return [];
    const stackId = stackIdOf(found);
    return [{ name, stackId, regions: regionsOf(stackId, estate.region) }];
  });
}

function stackIdOf({ tags }: Pick<EstateFunction, "tags">): string | null {
  if (tags.kind === "unknown") return null;
  return tags.value.find(({ key }) => key === STACK_ID_TAG)?.value ?? null;
}

/** The region of the function, and the one of its stack if that is another one. */
function regionsOf(stackId: string | null, region: Region): readonly Region[] {
  const ofStack = stackId === null ? undefined : parseRegion(arnParts(stackId).region);
  return ofStack === undefined || ofStack === region ? [region] : [region, ofStack];
}
