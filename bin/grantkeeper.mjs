#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "./launch.mjs";

// A checkout runs from its sources. Node strips no types under node_modules, so a package carries dist/.
const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const built = fileURLToPath(new URL("../dist/main.js", import.meta.url));
await launch([], existsSync(source) ? source : built, process.argv.slice(2));
