// The shop in a real Chromium against a real server: the way of a buyer, the race of two, the way without a mouse, and
// axe-core on every page. Screenshots go to PARTERRE_SHOTS or the build directory.

import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, before, test} from "node:test";
import {chromium} from "playwright-core";
import {startServer} from "./server.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.PARTERRE_SHOTS ?? path.resolve(import.meta.dirname, "../../build/storefront");
const desktop = {width: 1440, height: 900};
const mobile = {width: 390, height: 844};
const profile = mkdtempSync(path.join(tmpdir(), "parterre-chromium-"));
let server;
let browser;

before(async () => {
    mkdirSync(shots, {recursive: true});
    server = await startServer();
    browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", env: {...process.env, HOME: profile},
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]});
});

after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(profile, {recursive: true, force: true});
});

async function visitor(options = {}) {
    // bypassCSP lets axe in; pages that are only driven run under the real policy.
    const context = await browser.newContext({viewport: desktop, ...options});
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", error => page.faults.push(String(error)));
    page.on("console", message => {
        if (/Content Security Policy|Refused to/.test(message.text()))
            page.faults.push(message.text());
    });
    return page;
}

async function axe(page, name) {
    await page.screenshot({path: path.join(shots, `${name}.png`)});
    await page.evaluate(axeSource);
    const found = await page.evaluate(() => window.axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}));
    assert.deepEqual(found.violations.map(v => `${name}: ${v.id} at ${v.nodes.map(n => n.target).join(" | ")}`), []);
}

const seat = (page, state) => page.locator(`.seat[data-state="${state}"]`).first();

async function openSeats(page, list = true) {
    await page.goto(server.url);
    await page.locator(".poster", {has: page.locator(".chip.good")}).first().locator("a").click();
    await page.locator("canvas.map").waitFor();
    if (list) {
        await page.click("#show-list");
        await page.locator("details summary").first().waitFor();
        const closed = page.locator("details:not([open]) summary"); // Asked anew each time: an opened one leaves it.
        while (await closed.count())
            await closed.first().click();
        await seat(page, "free").waitFor();
    }
}

/** Holds the first free seat through the list and says which. */
async function holdOne(page) {
    const key = await seat(page, "free").getAttribute("data-key");
    await page.locator(`[data-key="${key}"]`).click();
    await page.locator(`[data-key="${key}"][data-state="mine"]`).waitFor();
    return key;
}

/** Moves over the map as a person does, until the card under the pointer offers a free seat, and presses there. */
async function pressFreeSeat(page, box) {
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

async function fillBuyer(page) {
    await page.fill("#name", "Ada Lovelace");
    await page.fill("#email", "ada@example.org");
}

test("a buyer picks on the map, is declined, pays with another card and gets tickets", async () => {
    const page = await visitor();
    await openSeats(page, false);
    await page.locator(".map").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("0");
    const box = await page.locator(".map").boundingBox();
    await pressFreeSeat(page, box);
    await page.locator("#to-checkout").waitFor();
    await page.click("#to-checkout");
    await page.click("#pay");
    assert.equal(await page.locator("#name").getAttribute("aria-invalid"), "true");
    await fillBuyer(page);
    await page.check('input[value="pm_card_visa_chargeDeclined"]');
    await page.click("#pay");
    await page.getByText("Your seats are still kept for you").waitFor();
    await page.check('input[value="pm_card_visa"]');
    await page.click("#pay");
    await page.locator("#order-number").waitFor();
    assert.match(await page.locator("#order-number").textContent(), /\S/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
    assert.equal(readFileSync(await download.path()).subarray(0, 4).toString(), "%PDF");
    await page.screenshot({path: path.join(shots, "confirmation.png")});
    assert.deepEqual(page.faults, []);
});

test("another visitor sees the seat taken live and is refused by name when it insists", async () => {
    const [first, second] = [await visitor(), await visitor()];
    await openSeats(first);
    await openSeats(second);
    const key = await holdOne(first);
    const seen = second.locator(`[data-key="${key}"][data-state="held"]`);
    await seen.waitFor();
    const name = (await seen.getAttribute("aria-label")).split(",").slice(0, 3).join(",");
    await seen.click();
    await second.locator(".message.warn").filter({hasText: name}).waitFor();
    assert.deepEqual([...first.faults, ...second.faults], []);
});

test("the back button and a reload keep one's own hold", async () => {
    const page = await visitor();
    await openSeats(page);
    const key = await holdOne(page);
    await page.click("#to-checkout");
    await page.locator("#pay").waitFor();
    await page.goBack();
    await page.locator("#to-checkout").waitFor();
    await page.reload();
    await page.locator("#to-checkout").waitFor();
    await page.click("#show-list");
    await page.locator(`[data-key="${key}"][data-state="mine"]`).waitFor({state: "attached"});
    assert.deepEqual(page.faults, []);
});

test("everything can be bought with the keyboard alone", async () => {
    const page = await visitor();
    const press = async (selector, key) => {
        const target = page.locator(selector).first();
        await target.waitFor();
        for (let i = 0; i < 800 && !await target.evaluate(element => element === document.activeElement); ++i)
            await page.keyboard.press("Tab");
        assert.ok(await target.evaluate(element => element === document.activeElement), `Tab reaches ${selector}`);
        if (key)
            await page.keyboard.press(key);
    };
    await page.goto(server.url);
    await press(".poster:has(.chip.good) a", "Enter");
    await press("#show-list", "Enter");
    if (!await page.locator("details[open]").count())
        await press("details summary", "Enter");
    await press('.seat[data-state="free"]', "Enter");
    await press("#to-checkout", "Enter");
    await press("#name");
    await page.keyboard.type("Grace Hopper");
    await press("#email");
    await page.keyboard.type("grace@example.org");
    await press("#pay", "Enter");
    await page.locator("#order-number").waitFor();
    assert.deepEqual(page.faults, []);
});

for (const [name, options] of Object.entries({
    "desktop-light": {viewport: desktop}, "desktop-dark": {viewport: desktop, colorScheme: "dark"},
    "mobile-light": {viewport: mobile, hasTouch: true}, "mobile-dark": {viewport: mobile, colorScheme: "dark"}})) {
    test(`axe-core finds nothing on any page (${name})`, async () => {
        const page = await visitor({...options, bypassCSP: true, reducedMotion: "reduce"});
        await page.goto(server.url);
        await page.locator(".poster").first().waitFor();
        await axe(page, `${name}-programme`);
        await openSeats(page);
        await axe(page, `${name}-list`);
        await holdOne(page);
        await page.click("#show-map");
        await axe(page, `${name}-map`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `nothing is wider than the screen (${wide} px)`);
        await page.click("#to-checkout");
        await page.click("#pay");
        await axe(page, `${name}-checkout`);
        await fillBuyer(page);
        await page.click("#pay");
        await page.locator("#order-number").waitFor();
        await axe(page, `${name}-confirmation`);
    });
}
