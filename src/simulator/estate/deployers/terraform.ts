import { chosenAccess, estateResourceArn, estateStatements } from "../access/access.ts";
import { HANDWRITTEN } from "../access/dialects.ts";
import {
  awsManaged,
  BASIC_EXECUTION,
  type FunctionDraft,
  lambdaTrust,
  type Site,
  type TerraformAddress,
} from "../draft.ts";
import { type Deploy, type DeploymentRequest, named, newFunction, newRole } from "./deploy.ts";
import { usualCallers } from "./usual-callers.ts";

const KEYS = [
  "eu",
  "us",
  "asia",
  "africa",
  "north",
  "south",
  "east",
  "west",
  "one",
  "two",
  "three",
  "four",
] as const;

/** One function, or several by `for_each`; each has a role of its own. Half of the projects set a tag on all they create. */
export const deployTerraform: Deploy = (site, request) => {
  const { domain, job } = site.names.subject();
  const tags: Record<string, string> = site.random.isIn(50) ? { ManagedBy: "terraform" } : {};
  const functions = Array.from({ length: request.count }, (_, index) => {
    const key = request.count === 1 ? null : (KEYS[index] ?? `more-${index}`);
    const address = { name: `${domain}-${job}`.replaceAll("-", "_"), key };
    return terraformFunction(site, request, { domain, address, tags });
  });
  return { functions, policies: [] };
};

function terraformFunction(
  site: Site,
  request: DeploymentRequest,
  {
    domain,
    address,
    tags,
  }: {
    readonly domain: string;
    readonly address: TerraformAddress;
    readonly tags: Readonly<Record<string, string>>;
  },
): FunctionDraft {
  const base = [address.name.replaceAll("_", "-"), ...(address.key === null ? [] : [address.key])].join("-");
  const name = named(base, request);
  const kinds = chosenAccess(site);
  const statements = kinds.flatMap((kind) => estateStatements(HANDWRITTEN, kind, { site, domain }));
  const role = newRole({
    name: site.names.unique(`${base.slice(0, 50)}-role`),
    trust: lambdaTrust(),
    inline: { [`${base.slice(0, 50)}-policy`]: statements },
    attached: [awsManaged(site, BASIC_EXECUTION)],
    tags: { ...tags },
    terraformAddress: address,
  });
  const callers = usualCallers(site, domain).map(({ trigger, input }) => ({
    StatementId: `AllowExecutionFrom${trigger.charAt(0).toUpperCase()}${trigger.slice(1)}`,
    ...input,
  }));
  const eventSources = kinds.includes("consume-queue")
    ? [estateResourceArn(site, "consume-queue", domain)]
    : [];
  return newFunction({
    name,
    deployer: "terraform",
    role,
    callers,
    eventSources,
    terraformAddress: address,
    tags: { ...tags },
  });
}
