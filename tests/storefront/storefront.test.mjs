// The shop in a real Chromium against a real server: the way of a buyer, the race of two, the best seats for a party, the
// way without a mouse, and axe-core on every page. Screenshots go to PARTERRE_SHOTS or the build directory.

import assert from "node:assert/strict";
import {randomUUID} from "node:crypto";
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, before, test} from "node:test";
import {chromium} from "playwright-core";
import {Desk} from "./desk.mjs";
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
    if (list)
        await openList(page);
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

/** Opens the seats of the first performance on sale with this orphan rule; returns its layout. */
async function openHouseWithRule(page, rule) {
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

async function openList(page) {
    await page.click("#show-list");
    await page.locator(".section summary").first().waitFor();
    const closed = page.locator(".section:not([open]) summary"); // Asked anew each time: an opened one leaves it.
    while (await closed.count())
        await closed.first().click();
    await seat(page, "free").waitFor();
}

/** The first two seats of a row whose first five are free: to take the second alone leaves the first alone. */
async function freeRowStart(page) {
    const free = [1, 2, 3, 4, 5].map(number => `:has(.seat:nth-of-type(${number})[data-state="free"])`).join("");
    const seats = page.locator(`.row${free}`).last().locator(".seat");
    const keys = [await seats.nth(0).getAttribute("data-key"), await seats.nth(1).getAttribute("data-key")];
    return keys.map(key => page.locator(`[data-key="${key}"]`));
}

const answerOf = (page, kind) => page.locator(`.best-answer.${kind}`);
const linesOf = page => page.locator(".basket .line-name");
const seatsOf = layout => layout.sections.flatMap(section => section.rows ?? []).flatMap(row => row.seats);

async function pressKeysTo(page, selector, ...keys) {
    const target = page.locator(selector).first();
    await target.waitFor();
    const isFocused = () => target.evaluate(element => element === document.activeElement);
    for (let i = 0; i < 800 && !await isFocused(); ++i)
        await page.keyboard.press("Tab");
    assert.ok(await isFocused(), `Tab reaches ${selector}`);
    for (const key of keys)
        await page.keyboard.press(key);
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

const pence = async (page, selector) => Math.round(100 * Number((await page.locator(selector).textContent()).replace(/[^0-9.]/g, "")));

test("the whole sum is shown from the basket on, a code takes a part of it off, and the receipt says so", async () => {
    const page = await visitor({bypassCSP: true});
    await openSeats(page);
    await holdOne(page);
    await page.locator(".basket .cost", {hasText: "Booking fee"}).waitFor();
    const inBasket = await pence(page, "#basket-total");
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

test("a gift card pays a part and a card the rest, and another all of it", async () => {
    const desk = await Desk.open(await visitor({bypassCSP: true}), server);
    const codes = [];
    for (const amount of [1000, 50000]) {
        const money = {amount, currency: "GBP"};
        const issued = await desk.ask("issue_gift_card", {card: randomUUID(), kind: "gift_card", amount: money, payment: randomUUID(), tendered: money});
        codes.push(issued.code);
    }
    const page = await visitor({bypassCSP: true});
    await openSeats(page);
    await holdOne(page);
    await page.click("#to-checkout");
    await page.locator("#pay:not([disabled])").waitFor();
    const whole = await pence(page, "#total");
    await page.fill("#gift-card", `${codes[0].slice(0, -1)}${codes[0].endsWith("2") ? "3" : "2"}`);
    await page.click("#add-gift-card");
    await page.locator("#gift-card-error", {hasText: "a character is wrong"}).waitFor();
    await page.fill("#gift-card", codes[0].toLowerCase());
    await page.keyboard.press("Enter");
    await page.locator(".gift-cards li", {hasText: codes[0].slice(-4)}).waitFor();
    assert.equal(await pence(page, "#rest"), whole - 1000);
    assert.match(await page.locator("#pay").textContent(), /^Pay £.* by card$/);
    await axe(page, "checkout-with-gift-card");
    await page.screenshot({path: path.join(shots, "checkout-with-gift-card.png"), fullPage: true});
    await fillBuyer(page);
    await page.click("#pay");
    await page.locator("#download").waitFor();
    await page.locator(".cost", {hasText: `Paid by gift card ···· ${codes[0].slice(-4)}`}).waitFor();
    await page.locator(".cost", {hasText: "Paid by card"}).waitFor();
    await page.screenshot({path: path.join(shots, "order-with-gift-card.png"), fullPage: true});

    await openSeats(page);
    await holdOne(page);
    await page.click("#to-checkout");
    await page.locator("#pay:not([disabled])").waitFor();
    await page.fill("#gift-card", codes[0]);
    await page.click("#add-gift-card");
    await page.locator("#gift-card-error", {hasText: "Nothing is left on it"}).waitFor();
    await page.fill("#gift-card", codes[1]);
    await page.click("#add-gift-card");
    await page.locator("#pay", {hasText: "Pay with gift cards"}).waitFor();
    assert.equal(await page.locator("input[name=card]").first().isVisible(), false);
    await fillBuyer(page);
    await page.click("#pay");
    await page.locator("#download").waitFor();
    assert.deepEqual(page.faults, []);
});

test("a gift card that somebody else has used up meanwhile is said, and nothing is charged", async () => {
    const desk = await Desk.open(await visitor({bypassCSP: true}), server);
    const money = {amount: 1000, currency: "GBP"};
    const issued = await desk.ask("issue_gift_card", {card: randomUUID(), kind: "gift_card", amount: money, payment: randomUUID(), tendered: money});
    const page = await visitor();
    await openSeats(page);
    await holdOne(page);
    await page.click("#to-checkout");
    await page.locator("#pay:not([disabled])").waitFor();
    const whole = await pence(page, "#total");
    await page.fill("#gift-card", issued.code);
    await page.click("#add-gift-card");
    await page.locator("#rest").waitFor();
    await desk.ask("block_gift_card", {card: issued.card.id, blocked: true, reason: "stolen"});
    await fillBuyer(page);
    await page.click("#pay");
    await page.locator(".message", {hasText: "is blocked"}).waitFor();
    await page.locator("#rest").waitFor({state: "detached"});
    await page.locator("#pay:not([disabled])", {hasText: "Pay £"}).click();
    await page.locator("#download").waitFor();
    assert.equal(await pence(page, ".total strong"), whole);
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

/** Seconds on the clock of the page. */
async function secondsLeft(page) {
    const [minutes, seconds] = (await page.locator(".clock").textContent()).split(":").map(Number);
    return 60 * minutes + seconds;
}

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

test("a customer continues what the box office keeps, by link and by typing, and each code is good once", async () => {
    const [office, page, late] = [await visitor({bypassCSP: true}), await visitor(), await visitor()];
    const desk = await Desk.open(office, server);
    const first = await desk.takeSeats(2);
    const {code} = await desk.ask("offer_handover", {hold: first.id});
    await page.goto(`${server.url}/?handover=${code}`);
    await page.locator("#pay").waitFor();
    assert.equal(new URL(page.url()).search, "", "the code has left the address");
    assert.equal(await page.locator(".lines li").count(), 2);
    const gone = await desk.reply("get_hold", {hold: first.id});
    assert.equal(gone.body.details.handed_to, "web");
    await fillBuyer(page);
    await page.click("#pay");
    await page.locator("#order-number").waitFor();

    await late.goto(server.url);
    await late.click("#continue-handover");
    await late.fill("#code", code.toLowerCase().replace("-", " "));
    await late.click("#continue-reservation");
    await late.getByText("This code was used already").waitFor();
    const second = await desk.takeSeats(1);
    await late.fill("#code", (await desk.ask("offer_handover", {hold: second.id})).code);
    await late.keyboard.press("Enter");
    await late.locator("#pay").waitFor();
    assert.ok(await secondsLeft(late) > 590, "the customer has the whole time");
    assert.deepEqual([...page.faults, ...late.faults], []);
});

test("a customer in trouble shows a code, and sees that the box office has taken over", async () => {
    const [office, page] = [await visitor({bypassCSP: true}), await visitor()];
    const desk = await Desk.open(office, server);
    await openSeats(page);
    await holdOne(page);
    await page.click("#get-help");
    const code = await page.locator("#help-code").textContent();
    await page.screenshot({path: path.join(shots, "help-code.png")});
    const hold = await desk.ask("take_over_hold", {code});
    assert.equal(hold.places.length, 1);
    await page.locator(".message.warn").filter({hasText: "The box office has taken over your seats"}).waitFor();
    assert.equal(await page.locator("#to-checkout").count(), 0);
    await page.screenshot({path: path.join(shots, "help-taken.png")});
    await desk.ask("release_hold", {hold: hold.id, seats: [], areas: []});
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

test("a party gets the best seats by keyboard, exchanges them for others and buys", async () => {
    const page = await visitor();
    await openHouseWithRule(page, "strict");
    await pressKeysTo(page, "#best-size", "3");
    await pressKeysTo(page, "#best-find", "Enter");
    await answerOf(page, "good").waitFor();
    const first = await linesOf(page).allTextContents();
    assert.equal(first.length, 3);
    await pressKeysTo(page, "#best-others", "Enter");
    await page.waitForFunction(before => !document.querySelector(".basket").textContent.includes(before), first[0]);
    const others = await linesOf(page).allTextContents();
    assert.equal(others.length, 3);
    assert.deepEqual(others.filter(line => first.includes(line)), []);
    await pressKeysTo(page, "#to-checkout", "Enter");
    await fillBuyer(page);
    await pressKeysTo(page, "#pay", "Enter");
    await page.locator("#order-number").waitFor();
    assert.deepEqual(page.faults, []);
});

test("a wheelchair space comes with a seat for who comes along", async () => {
    const page = await visitor();
    const layout = await openHouseWithRule(page, "strict");
    await page.click("#best-more summary");
    await page.selectOption("#best-access", "wheelchairs");
    await page.click("#best-find");
    await answerOf(page, "good").waitFor();
    await page.click("#show-list");
    const mine = await page.locator('.seat[data-state="mine"]').evaluateAll(seats => seats.map(seat => seat.dataset.key));
    const kinds = seatsOf(layout).filter(({key}) => mine.includes(key)).map(({accessibility}) => accessibility).sort();
    assert.deepEqual(kinds, ["companion", "wheelchair"]);
    assert.deepEqual(page.faults, []);
});

test("where nothing fits the shop says which limit is in the way and asks again without it", async () => {
    const page = await visitor();
    await openHouseWithRule(page, "strict");
    await page.selectOption("#best-size", "10");
    await page.selectOption("#best-together", "together");
    await page.selectOption("#best-zone", {index: 1});
    await page.click("#best-find");
    await answerOf(page, "warn").waitFor();
    assert.match(await answerOf(page, "warn").textContent(), /side by side/);
    assert.equal(await linesOf(page).count(), 0);
    await page.click('.best-offers [data-limit="together"]');
    await answerOf(page, "good").waitFor();
    assert.equal(await page.inputValue("#best-together"), "");
    assert.equal(await linesOf(page).count(), 10);
    assert.deepEqual(page.faults, []);
});

test("a seat that would be left alone is named, and there is a way out before the order", async () => {
    const page = await visitor();
    await openHouseWithRule(page, "strict");
    await openList(page);
    const [first, second] = await freeRowStart(page);
    await second.click();
    const note = page.locator("#left-alone");
    await note.waitFor();
    const name = (await first.getAttribute("aria-label")).split(",").slice(0, 3).join(",");
    assert.ok((await note.textContent()).startsWith(`${name} would be left alone`), await note.textContent());
    await page.click("#to-checkout");
    await page.waitForFunction(() => document.activeElement.id === "left-alone");
    await page.reload();
    await note.waitFor();
    await page.click("#move-along");
    await answerOf(page, "good").waitFor();
    assert.equal(await note.count(), 0);
    await page.locator(".remove").first().click();
    await linesOf(page).first().waitFor({state: "detached"});
    await openList(page);
    await second.click();
    await page.click("#take-alone");
    await note.waitFor({state: "detached"});
    assert.equal(await linesOf(page).count(), 2);
    await page.click("#to-checkout");
    await page.locator("#pay").waitFor();
    assert.deepEqual(page.faults, []);
});

test("an access code opens the seats of an allocation, and a wrong one says what to do", async () => {
    const page = await visitor({bypassCSP: true, reducedMotion: "reduce"});
    const desk = await Desk.open(page, server);
    const {performance, seats} = await desk.setAllocationAside({code: "FRIENDS", name: "Friends of the Globe", accessCode: "FRIENDS-26", count: 3});
    await page.goto(`${server.url}/#/p/${performance}`);
    await page.click("#show-list");
    await page.locator(".seat").first().waitFor({state: "attached"});
    const shown = (key, state) => page.locator(`[data-key="${key}"][data-state="${state}"]`).waitFor({state: "attached"});
    await shown(seats[0], "sold");
    await page.getByText("I have an access code").click();
    await page.fill("#access-code", "FIENDS-26");
    await page.click("#access-use");
    await page.locator(".access-answer.warn").filter({hasText: "opens no seats"}).waitFor();
    await page.fill("#access-code", "friends 26");
    await page.keyboard.press("Enter");
    await page.locator(".access-answer").filter({hasText: "3 seats are kept for you"}).waitFor();
    await shown(seats[0], "free");
    await page.locator(`[data-key="${seats[0]}"]`).evaluate(button => button.closest("details")?.setAttribute("open", ""));
    await page.locator(`[data-key="${seats[0]}"]`).click();
    await shown(seats[0], "mine");
    await page.locator(".access-answer").filter({hasText: "2 seats are kept for you"}).waitFor();
    await axe(page, "access-code");
    await page.click("#access-forget");
    await shown(seats[1], "sold");
    await shown(seats[0], "mine");
    assert.deepEqual(page.faults, []);
});

for (const [name, options] of Object.entries({
    "desktop-light": {viewport: desktop}, "desktop-dark": {viewport: desktop, colorScheme: "dark"},
    "mobile-light": {viewport: mobile, hasTouch: true}, "mobile-dark": {viewport: mobile, colorScheme: "dark"}})) {
    test(`axe-core finds nothing on any page (${name})`, async () => {
        const page = await visitor({...options, bypassCSP: true, reducedMotion: "reduce"});
        await page.goto(server.url);
        await page.goto(`${server.url}/#/handover`);
        await page.fill("#code", "K7PM");
        await page.click("#continue-reservation");
        await axe(page, `${name}-handover`);
        await page.goto(server.url);
        await page.locator(".poster").first().waitFor();
        await axe(page, `${name}-programme`);
        await openHouseWithRule(page, "strict");
        await openList(page);
        await axe(page, `${name}-list`);
        await (await freeRowStart(page))[1].click();
        await page.locator("#left-alone").waitFor();
        await page.click("#show-map");
        await page.click("#best-more summary");
        await page.click("#best-find");
        await answerOf(page, "good").waitFor();
        await page.click("#get-help");
        await page.locator("#help-code").waitFor();
        await axe(page, `${name}-map`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `nothing is wider than the screen (${wide} px)`);
        await page.click("#take-alone");
        await page.locator("#left-alone").waitFor({state: "detached"});
        await page.click("#to-checkout");
        await page.click("#pay");
        await axe(page, `${name}-checkout`);
        await fillBuyer(page);
        await page.click("#pay");
        await page.locator("#order-number").waitFor();
        await axe(page, `${name}-confirmation`);
    });
}
