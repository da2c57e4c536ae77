// What a strict linter says of a document; it ends with 1 if that is anything.

import { createConfig, lintFromString } from "@redocly/openapi-core";
import { readFileSync } from "node:fs";

const file = process.argv[2];
const config = await createConfig({ extends: ["recommended-strict"] });
const found = await lintFromString({
  source: readFileSync(file, "utf8"),
  absoluteRef: file,
  config,
});
for (const { ruleId, message, location } of found) {
  console.error(`${location[0].pointer}: ${message} (${ruleId})`);
}
process.exitCode = found.length ? 1 : 0;
