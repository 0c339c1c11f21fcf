// The Chromium of these tests, and axe-core as the judge of what it shows.

import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {chromium} from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** `home` is a folder that it may fill. It draws, lays out and runs a page as the browser with windows does, and has none. Its scripts
    get no helping threads: these tests share two processors with each other, and to hand work over costs more than it saves. */
export function startBrowser(home) {
    return chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell", env: {...process.env, HOME: home},
        args: ["--no-sandbox", "--disable-gpu", "--js-flags=--single-threaded", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]});
}

/** Pages of visitors who are strangers to each other. Who leaves is the next one to come, with nothing kept: each page of its own
    would be a process that compiles the shop and axe-core anew, which was half of the work of the tests. */
export class Pages {
    #idle = new Map();
    #address;

    constructor(browser, address) {
        this.browser = browser;
        this.#address = address;
    }

    async open({viewport, colorScheme = "light", reducedMotion = "no-preference", ...unchangeable}) {
        const kind = JSON.stringify(unchangeable);
        const idle = this.#idle.get(kind)?.pop();
        const page = idle ?? await (await this.browser.newContext({viewport, colorScheme, reducedMotion, ...unchangeable})).newPage();
        if (idle) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({colorScheme, reducedMotion});
        }
        page.kind = kind;
        page.faults = [];
        page.on("pageerror", error => page.faults.push(String(error)));
        page.on("console", message => {
            if (/Content Security Policy|Refused to/.test(message.text()))
                page.faults.push(message.text());
        });
        return page;
    }

    /** Through a picture of the shop, where none of its scripts can write down anything after the tidying. */
    async leave(page) {
        for (const event of ["pageerror", "console", "request"])
            page.removeAllListeners(event);
        await page.goto(`${this.#address}/icon.svg`);
        await page.evaluate(() => sessionStorage.clear());
        this.#idle.set(page.kind, [...this.#idle.get(page.kind) ?? [], page]);
    }
}

/** Each rule of axe-core that the page breaks, and where; by all of its rules, or those of some tags. Every element is judged, but
    what is in order is not listed: to name some thousand seats took most of the time. */
export async function violationsOf(page, tags) {
    if (!await page.evaluate(() => "axe" in window))
        await page.evaluate(axeSource);
    return page.evaluate(async options => {
        const {violations} = await window.axe.run(options);
        return violations.map(({id, nodes}) => `${id} at ${nodes.map(node => node.target).join(" | ")}`);
    }, {resultTypes: ["violations"], ...(tags && {runOnly: tags})});
}
