/** One side of `bench/against.ts`: the costs of a clone's stages over the manifests that another clone generates. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as generator from "./generate.ts";
import type * as stages from "./stages.ts";

/** With fewer, the median is of code that V8 has not compiled yet: a controller is warm. */
const TIMES = 15;

const [clone = "", other = "", manifests = ""] = process.argv.slice(2);
const { measureStages } = await imported<typeof stages>(clone, "bench/stages.ts");
const { generate } = await imported<typeof generator>(other, "bench/generate.ts");
const costs = await measureStages(Number(manifests), TIMES, generate(Number(manifests)));
process.stdout.write(JSON.stringify(costs));

async function imported<Module>(folder: string, file: string): Promise<Module> {
  return (await import(pathToFileURL(join(folder, file)).href)) as Module;
}
