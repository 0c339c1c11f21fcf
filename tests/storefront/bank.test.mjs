// 3-D Secure in a real Chromium: the shop, a real server, the real parterre-psp and the page of its bank.

import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, before, test} from "node:test";
import {Pages, startBrowser, violationsOf} from "./browser.mjs";
import {Psp, secretKey} from "./psp.mjs";
import {startServer} from "./server.mjs";

const shots = process.env.PARTERRE_SHOTS ?? path.resolve(import.meta.dirname, "../../build/storefront");
const folder = mkdtempSync(path.join(tmpdir(), "parterre-bank-"));
let psp;
let server;
let browser;
let pages;

before(async () => {
    mkdirSync(shots, {recursive: true});
    psp = await Psp.start(["--journal", path.join(folder, "journal")]);
    const key = path.join(folder, "key");
    writeFileSync(key, `${secretKey}\n`);
    server = await startServer(["--stripe-url", psp.url, "--stripe-key-file", key]);
    browser = await startBrowser(folder);
    pages = new Pages(browser, server.url);
});

after(async () => {
    await browser?.close();
    await server?.stop();
    await psp?.stop();
    rmSync(folder, {recursive: true, force: true});
});

async function atCheckout() {
    const page = await pages.open({viewport: {width: 1440, height: 900}, bypassCSP: true});
    await page.goto(server.url);
    await page.locator(".poster", {has: page.locator(".chip.good")}).first().locator("a").click();
    await page.locator("canvas.map").waitFor();
    await page.click("#show-list");
    await page.locator("details summary").first().waitFor();
    const closed = page.locator("details:not([open]) summary");
    while (await closed.count())
        await closed.first().click();
    const key = await page.locator('.seat[data-state="free"]').first().getAttribute("data-key");
    await page.locator(`[data-key="${key}"]`).click();
    await page.locator(`[data-key="${key}"][data-state="mine"]`).waitFor();
    await page.click("#to-checkout");
    await page.fill("#name", "Ada Lovelace");
    await page.fill("#email", "ada@example.org");
    return page;
}

async function payWith(page, card) {
    await page.check(`input[value="${card}"]`);
    await page.click("#pay");
}

async function axe(page, name) {
    await page.screenshot({path: path.join(shots, `${name}.png`)});
    assert.deepEqual(await violationsOf(page, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]), [], name);
}

const captured = async () => Object.values((await psp.totals()).currencies).reduce((sum, each) => sum + each.captured, 0);

test("the bank asks, the buyer confirms, and comes back to the tickets", async () => {
    const page = await atCheckout();
    await payWith(page, "pm_card_authenticationRequired");
    await page.getByRole("button", {name: "Confirm the payment"}).waitFor();
    assert.ok(page.url().startsWith(psp.url));
    assert.equal(await captured(), 0);
    await page.getByRole("button", {name: "Confirm the payment"}).click();
    await page.locator("#download").waitFor();
    assert.ok(page.url().startsWith(server.url));
    assert.equal(await page.locator("h1").textContent(), "You’re going");
    assert.ok(await captured() > 0);
    await pages.leave(page);
});

test("a buyer who leaves the bank is asked again, and may refuse and take another card", async () => {
    const page = await atCheckout();
    const before = await captured();
    await payWith(page, "pm_card_authenticationRequired");
    await page.getByRole("button", {name: "Confirm the payment"}).waitFor();
    await page.goBack();
    await page.locator("#to-bank").waitFor();
    await axe(page, "bank-asks");
    await page.click("#to-bank");
    await page.getByRole("button", {name: "This is not mine"}).click();
    await page.locator("main").getByText("This order is not paid").waitFor();
    assert.equal(await captured(), before);
    await page.getByRole("link", {name: "Try another card"}).click();
    await payWith(page, "pm_card_visa");
    await page.locator("#download").waitFor();
    assert.ok(await captured() > before);
    await pages.leave(page);
});

test("while the processor is down the shop says so, keeps the seats and works again by itself", async () => {
    const page = await atCheckout();
    const before = await captured();
    await psp.stop("SIGKILL");
    await payWith(page, "pm_card_visa");
    await page.locator("main").getByText("Card payments do not work at the moment").waitFor({timeout: 60_000});
    await axe(page, "cards-are-out");
    psp = await Psp.start(["--journal", path.join(folder, "journal"), "--port", new URL(psp.url).port]);
    await page.click("#pay");
    await page.locator("#download").waitFor({timeout: 90_000});
    assert.ok(await captured() > before);
    await pages.leave(page);
});
