// What axe and an HTML validator find in pages; it ends with 1 if that is anything.

import axe from "axe-core";
import { HtmlValidate } from "html-validate";
import { JSDOM } from "jsdom";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const validator = new HtmlValidate({ extends: ["html-validate:standard", "html-validate:a11y"] });
const rules = { "color-contrast": { enabled: false } }; // jsdom paints nothing

async function barriers(html) {
  const { window } = new JSDOM(html, { runScripts: "outside-only" });
  window.eval(axe.source);
  const { violations } = await window.axe.run(window.document, { rules });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${help} (${id}) at ${target}`),
  );
}

async function faults(html) {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ line, message, ruleId }) => `${message} (${ruleId}) in line ${line}`),
  );
}

for (const file of process.argv.slice(2)) {
  const html = readFileSync(file, "utf8");
  for (const each of [...(await barriers(html)), ...(await faults(html))]) {
    console.error(`${basename(file)}: ${each}`);
    process.exitCode = 1;
  }
}
