// The Chromium of these tests, and axe-core as the judge of what it shows.

import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {chromium} from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** `home` is a folder that it may fill. It draws, lays out and runs a page as the browser with windows does, and has none. */
export function startBrowser(home) {
    return chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell", env: {...process.env, HOME: home},
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]});
}

/** Each rule of axe-core that the page breaks, and where; by all of its rules, or those of some tags. Every element is judged, but
    what is in order is not listed: to name some thousand seats took most of the time. */
export async function violationsOf(page, tags) {
    await page.evaluate(axeSource);
    return page.evaluate(async options => {
        const {violations} = await window.axe.run(options);
        return violations.map(({id, nodes}) => `${id} at ${nodes.map(node => node.target).join(" | ")}`);
    }, {resultTypes: ["violations"], ...(tags && {runOnly: tags})});
}
