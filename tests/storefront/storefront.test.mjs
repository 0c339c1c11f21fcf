// The way of a buyer on the map, by list and by keys alone, codes that take something off, and the race of two.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import path from "node:path";
import {test} from "node:test";
import {axe, fillBuyer, holdOne, openSeats, pence, pressFreeSeat, pressKeysTo, secondsLeft, server, shots,
    visitor} from "./visitor.mjs";

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
    await page.locator("main").getByText("Your seats are still kept for you").waitFor();
    await page.check('input[value="pm_card_visa"]');
    await page.click("#pay");
    await page.locator("#order-number").waitFor();
    assert.match(await page.locator("#order-number").textContent(), /\S/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
    assert.equal(readFileSync(await download.path()).subarray(0, 4).toString(), "%PDF");
    await page.screenshot({path: path.join(shots, "confirmation.png")});
    assert.deepEqual(page.faults, []);
});

test("the whole sum is shown from the basket on, a code takes a part of it off, and the receipt says so", async () => {
    const page = await visitor({bypassCSP: true});
    await openSeats(page);
    await holdOne(page);
    await page.locator(".basket .cost", {hasText: "Booking fee"}).waitFor();
    const inBasket = await pence(page, "#basket-total");
    await page.click("#show-map");
    await axe(page, "basket-with-fee");
    await page.click("#to-checkout");
    await page.locator("#pay:not([disabled])").waitFor();
    assert.equal(await pence(page, "#total"), inBasket);
    await page.locator(".cost.tax", {hasText: "of which VAT 20 %"}).waitFor();
    await page.fill("#promotion", "nothing");
    await page.click("#apply-code");
    await page.locator("#promotion-error", {hasText: "There is no code NOTHING"}).waitFor();
    assert.equal(await page.locator("#promotion").getAttribute("aria-invalid"), "true");
    await page.fill("#promotion", "welcome5");
    await page.keyboard.press("Enter");
    await page.locator("#promotion-done", {hasText: "Five pounds off"}).waitFor();
    assert.equal(await pence(page, "#total"), inBasket - 500);
    await axe(page, "checkout-with-code");
    await page.screenshot({path: path.join(shots, "checkout-with-code-whole.png"), fullPage: true});
    await fillBuyer(page);
    await page.fill("#email", "first@example.org");
    assert.match(await page.locator("#pay").textContent(), /^Pay £/);
    await page.click("#pay");
    await page.locator("#order-number").waitFor();
    await page.locator(".cost", {hasText: "Five pounds off"}).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#receipt")]);
    assert.match(download.suggestedFilename(), /^receipt-P-/);
    assert.equal(readFileSync(await download.path()).subarray(0, 4).toString(), "%PDF");
    await axe(page, "order-with-receipt");
    await page.screenshot({path: path.join(shots, "order-with-receipt.png"), fullPage: true});
});

test("a code that a customer has used up is taken away before the payment, and nothing is charged", async () => {
    const page = await visitor();
    await openSeats(page);
    await holdOne(page);
    await page.click("#to-checkout");
    await page.locator("#pay:not([disabled])").waitFor();
    const whole = await pence(page, "#total");
    await page.fill("#promotion", "WELCOME5");
    await page.click("#apply-code");
    await page.locator("#promotion-done", {hasText: "Five pounds off"}).waitFor();
    await fillBuyer(page);
    await page.fill("#email", "First@example.org");
    await page.click("#pay");
    await page.locator("#promotion-error", {hasText: "as often as one customer may"}).waitFor();
    await page.locator("#pay:not([disabled])", {hasText: "Pay £"}).waitFor();
    assert.equal(await pence(page, "#total"), whole);
    await page.click("#pay");
    await page.locator("#download").waitFor();
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

test("back from the checkout the same hold is there with its clock, and its seats can be taken again", async () => {
    const page = await visitor();
    const holds = [];
    page.on("request", request => {
        if (request.method() === "POST" && request.url().endsWith("/v1/holds"))
            holds.push(request.postDataJSON().hold);
    });
    await openSeats(page);
    const key = await holdOne(page);
    await page.click("#to-checkout");
    await page.locator("#pay").waitFor();
    const before = await secondsLeft(page);
    await page.goBack();
    await page.locator("#to-checkout").waitFor();
    const back = await secondsLeft(page);
    assert.ok(back <= before && back > before - 20, `the clock went on from ${before} to ${back}`);
    // What the visitor has already is taken again, as by a page from before.
    const [taken, again] = await page.evaluate(async key => {
        const stored = Object.keys(sessionStorage).find(name => name.startsWith("parterre.hold."));
        const first = JSON.parse(sessionStorage.getItem(stored));
        const {Basket} = await import("./basket.js");
        const basket = new Basket(stored.slice("parterre.hold.".length));
        const view = await basket.take([key], []);
        return [first, {id: view.id, state: view.state, kept: JSON.parse(sessionStorage.getItem(stored))}];
    }, key);
    assert.deepEqual(again, {id: taken, state: "live", kept: taken});
    assert.deepEqual(holds, [taken, taken], "it is the one hold");
    await page.reload();
    await page.locator("#to-checkout").waitFor();
    assert.deepEqual(page.faults, []);
});

test("everything can be bought with the keyboard alone", async () => {
    const page = await visitor();
    await page.goto(server.url);
    await pressKeysTo(page, ".poster:has(.chip.good) a", "Enter");
    await pressKeysTo(page, "#show-list", "Enter");
    if (!await page.locator(".section[open]").count())
        await pressKeysTo(page, ".section summary", "Enter");
    await pressKeysTo(page, '.seat[data-state="free"]', "Enter");
    await pressKeysTo(page, "#to-checkout", "Enter");
    await pressKeysTo(page, "#name");
    await page.keyboard.type("Grace Hopper");
    await pressKeysTo(page, "#email");
    await page.keyboard.type("grace@example.org");
    await pressKeysTo(page, "#pay", "Enter");
    await page.locator("#order-number").waitFor();
    assert.deepEqual(page.faults, []);
});
