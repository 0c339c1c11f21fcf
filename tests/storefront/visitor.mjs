// What tests of the shop stand on: a real Chromium before a real server of the file that imports this. Screenshots go to
// PARTERRE_SHOTS or the build directory.

import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, afterEach, before, test} from "node:test";
import {Pages, startBrowser, violationsOf} from "./browser.mjs";
import {startServer} from "./server.mjs";

export const shots = process.env.PARTERRE_SHOTS ?? path.resolve(import.meta.dirname, "../../build/storefront");
export const desktop = {width: 1440, height: 900};
export const mobile = {width: 390, height: 844};
const profile = mkdtempSync(path.join(tmpdir(), "parterre-chromium-"));
export let server;
let browser;
let pages;

before(async () => {
    mkdirSync(shots, {recursive: true});
    server = await startServer();
    browser = await startBrowser(profile);
    pages = new Pages(browser, server.url);
});

after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(profile, {recursive: true, force: true});
});

const visits = [];

// Whoever stays goes on drawing every change of the map, for all that come after.
afterEach(async () => {
    for (const page of visits.splice(0))
        await pages.leave(page);
});

export async function visitor(options = {}) {
    // bypassCSP lets axe in; pages that are only driven run under the real policy.
    const page = await pages.open({viewport: desktop, ...options});
    visits.push(page);
    return page;
}

/** A page that stays for all tests of a file, such as a desk's: to sign in costs the server much memory on purpose. */
export const lastingPage = () => pages.open({viewport: desktop, bypassCSP: true});

export async function axe(page, name) {
    await page.screenshot({path: path.join(shots, `${name}.png`)});
    assert.deepEqual(await violationsOf(page, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]), [], name);
}

export const seat = (page, state) => page.locator(`.seat[data-state="${state}"]`).first();

export async function openSeats(page, list = true) {
    await page.goto(server.url);
    await page.locator(".poster", {has: page.locator(".chip.good")}).first().locator("a").click();
    await page.locator("canvas.map").waitFor();
    if (list)
        await openList(page);
}

/** Holds the first free seat through the list and says which. */
export async function holdOne(page) {
    const key = await seat(page, "free").getAttribute("data-key");
    await page.locator(`[data-key="${key}"]`).click();
    await page.locator(`[data-key="${key}"][data-state="mine"]`).waitFor();
    return key;
}

/** Moves over the map as a person does, until the card under the pointer offers a free seat, and presses there. */
export async function pressFreeSeat(page, box) {
    for (let y = 0.25; y < 0.95; y += 0.03) {
        for (let x = 0.3; x < 0.7; x += 0.04) {
            await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
            const card = await page.locator(".seat-card").textContent();
            if (/seat/.test(card) && /\d\.\d\d/.test(card) && await page.locator(".seat-card").isVisible()) {
                await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
                return;
            }
        }
    }
    assert.fail("The map shows no free seat.");
}

/** Opens the seats of the first performance on sale with this orphan rule; returns its layout. */
export async function openHouseWithRule(page, rule) {
    const read = async path => (await fetch(`${server.url}/v1/${path}`)).json();
    for (const {id, state} of (await read("performances?limit=100")).performances) {
        const detail = await read(`performances/${id}`);
        if (state === "on_sale" && detail.orphan_rule === rule) {
            await page.goto(`${server.url}/#/p/${id}`);
            await page.locator("canvas.map").waitFor();
            return read(`layouts/${detail.layout}`);
        }
    }
    return assert.fail(`No performance has the rule ${rule}.`);
}

export async function openList(page) {
    await page.click("#show-list");
    await page.locator(".section summary").first().waitFor();
    const closed = page.locator(".section:not([open]) summary"); // Asked anew each time: an opened one leaves it.
    while (await closed.count())
        await closed.first().click();
    await seat(page, "free").waitFor();
}

/** The first two seats of a row whose first five are free: to take the second alone leaves the first alone. */
export async function freeRowStart(page) {
    const free = [1, 2, 3, 4, 5].map(number => `:has(.seat:nth-of-type(${number})[data-state="free"])`).join("");
    const seats = page.locator(`.row${free}`).last().locator(".seat");
    const keys = [await seats.nth(0).getAttribute("data-key"), await seats.nth(1).getAttribute("data-key")];
    return keys.map(key => page.locator(`[data-key="${key}"]`));
}

export const answerOf = (page, kind) => page.locator(`.best-answer.${kind}`);
export const linesOf = page => page.locator(".basket .line-name");
export const seatsOf = layout => layout.sections.flatMap(section => section.rows ?? []).flatMap(row => row.seats);

export async function pressKeysTo(page, selector, ...keys) {
    const target = page.locator(selector).first();
    await target.waitFor();
    const isFocused = () => target.evaluate(element => element === document.activeElement);
    // Asked for once in a while alone: who has come there stays there.
    await page.evaluate(wanted => {
        window.stayThere = event => {
            if (event.key === "Tab" && document.querySelector(wanted) === document.activeElement)
                event.preventDefault();
        };
        addEventListener("keydown", window.stayThere, true);
    }, selector);
    for (let i = 0; i < 800 && !await isFocused(); i += 10) {
        for (let j = 0; j < 10; ++j)
            await page.keyboard.press("Tab");
    }
    await page.evaluate(() => removeEventListener("keydown", window.stayThere, true));
    assert.ok(await isFocused(), `Tab reaches ${selector}`);
    for (const key of keys)
        await page.keyboard.press(key);
}

export async function fillBuyer(page) {
    await page.fill("#name", "Ada Lovelace");
    await page.fill("#email", "ada@example.org");
}

export const pence = async (page, selector) => Math.round(100 * Number((await page.locator(selector).textContent()).replace(/[^0-9.]/g, "")));

/** Seconds on the clock of the page. */
export async function secondsLeft(page) {
    const [minutes, seconds] = (await page.locator(".clock").textContent()).split(":").map(Number);
    return 60 * minutes + seconds;
}
