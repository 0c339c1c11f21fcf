// What a buyer sees of an order after the sale, in a real Chromium: some places given back, all of them, exchanged, and a
// performance that does not take place. A clerk does it at the desk of a real server.

import assert from "node:assert/strict";
import {randomUUID} from "node:crypto";
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, before, test} from "node:test";
import {uuidV7} from "../../resources/storefront/format.js";
import {Pages, startBrowser, violationsOf} from "./browser.mjs";
import {Desk} from "./desk.mjs";
import {startServer} from "./server.mjs";

const shots = process.env.PARTERRE_SHOTS ?? path.resolve(import.meta.dirname, "../../build/storefront");
const folder = mkdtempSync(path.join(tmpdir(), "parterre-refunds-"));
let server;
let browser;
let pages;
let desk;
let session;

async function call(method, url, body) {
    const response = await fetch(`${server.url}/v1/${url}`, {method, body: body && JSON.stringify(body),
        headers: {"Content-Type": "application/json", "Idempotency-Key": uuidV7(), ...(session && {Authorization: `Bearer ${session.token}`})}});
    const answer = await response.json();
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
}

/** Seats by the API, of the first performance on sale or, with `last`, of the last one. */
async function buy(size, last = false) {
    const {performances} = await call("GET", "performances?limit=100");
    const performance = performances.filter(each => each.state === "on_sale").at(last ? -1 : 0);
    const hold = await call("POST", "holds", {hold: uuidV7(), performance: performance.id, best: {size}});
    const detail = await call("GET", `performances/${performance.id}`);
    const type = detail.types.find(each => each.public).id;
    const lines = hold.places.map(place => ({place: place.key, price_type: type, quantity: place.quantity}));
    const made = await call("POST", "orders", {order: uuidV7(), hold: hold.id, lines, buyer: {name: "Zoë Müller", email: "zoe@example.org"}});
    return call("POST", `orders/${made.id}/payments`, {payment: uuidV7(), card_token: "pm_card_visa"});
}

const giveBack = (order, lines) => desk.ask("refund_lines", {refund: randomUUID(), order: order.id, lines, reason: "A word of the box office"});

/** Waits for the money, which a job sends after the command. */
async function settled(order) {
    for (let i = 0; i < 200; ++i) {
        const seen = await call("GET", `orders/${order.id}`);
        if (seen.refunds.every(refund => refund.repayments.every(each => each.state === "repaid")))
            return;
        await new Promise(done => setTimeout(done, 100));
    }
    assert.fail("The money did not go back.");
}

/** The key in the link of the order's mail. */
async function keyOf(order) {
    const mails = path.join(server.data, "mail");
    for (let i = 0; i < 200; ++i) {
        for (const name of readdirSync(mails).filter(each => each.endsWith(".eml"))) {
            const text = readFileSync(path.join(mails, name), "latin1").replaceAll(/=\r\n/g, "").replaceAll("=3D", "=");
            const found = new RegExp(`/orders/${order.id}\\?key=([\\w-]+)`).exec(text);
            if (found)
                return found[1];
        }
        await new Promise(done => setTimeout(done, 100));
    }
    return assert.fail("The mail of the order did not come.");
}

/** The page of the order, on a desk or a telephone, with a picture of it and what axe finds; by its `key` for who bought elsewhere. */
async function opened(order, shot, viewport = {width: 1100, height: 900}, colorScheme = "light", key = null) {
    const page = await pages.open({viewport, colorScheme, bypassCSP: true});
    await page.goto(server.url);
    if (!key)
        await page.evaluate(value => sessionStorage.setItem("parterre.session", JSON.stringify(value)), session);
    await page.goto(`${server.url}/#/orders/${order.id}${key ? `?key=${key}` : ""}`);
    await page.waitForSelector("#order-number");
    await page.waitForFunction(() => !document.querySelector("[aria-busy]"));
    await page.screenshot({path: path.join(shots, `${shot}.png`), fullPage: true});
    assert.deepEqual(await violationsOf(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "The page is wider than the screen.");
    assert.deepEqual(page.faults, []);
    return page;
}

const textOf = (page, selector) => page.locator(selector).innerText();

before(async () => {
    mkdirSync(shots, {recursive: true});
    server = await startServer(["--storefront", path.resolve(import.meta.dirname, "../../resources/storefront")]);
    browser = await startBrowser(folder);
    pages = new Pages(browser, server.url);
    desk = await Desk.open(await browser.newPage(), server);
    session = await call("POST", "sessions", {});
});

after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, {recursive: true, force: true});
});

test("of a part that was given back the page says which tickets are void, and where the money is", async () => {
    const order = await buy(3);
    await giveBack(order, [2]);
    await settled(order);
    const page = await opened(order, "order-partly-refunded");
    assert.equal(await textOf(page, "h1"), "You’re going, with fewer tickets");
    assert.equal(await page.locator(".lines .void").count(), 1);
    assert.match(await textOf(page, ".lines .void"), /Refunded · this ticket is void/);
    assert.match(await textOf(page, ".total"), /2 tickets left of 3/);
    const said = await textOf(page, "#refunds");
    assert.ok(said.includes(order.lines[1].place_name), said);
    assert.match(said, /went back to your card/);
    assert.ok(!said.includes("A word of the box office"), "The box office's reason is its own.");
    assert.equal(await page.locator("#tickets li").count(), 2);
    assert.equal(await page.locator("#download").count(), 1);
    await pages.leave(page);
    await pages.leave(await opened(order, "order-partly-refunded-telephone", {width: 390, height: 844}, "dark"));
});

test("a buyer gives tickets back until the time is over, and keeps the rest", async () => {
    const order = await buy(3);
    const page = await opened(order, "order-refundable");
    assert.match(await textOf(page, ".give-back"), /You may give tickets back until .+/);
    await page.click("#give-back-open");
    assert.equal(await page.locator(".give-back input:checked").count(), 3);
    const whole = await textOf(page, "#give-back-sum");
    await page.locator(".give-back input").nth(0).uncheck();
    assert.notEqual(await textOf(page, "#give-back-sum"), whole);
    await page.screenshot({path: path.join(shots, "order-give-back.png"), fullPage: true});
    await page.click("#give-back");
    assert.match(await textOf(page, ".give-back"), /2 tickets become void/);
    await page.screenshot({path: path.join(shots, "order-give-back-question.png"), fullPage: true});
    const said = (await textOf(page, ".give-back")).match(/£[\d.]+ comes back/)[0];
    await page.click("#give-back-yes");
    await page.waitForSelector("#refunds");
    assert.equal(await textOf(page, "h1"), "You’re going, with fewer tickets");
    assert.match(await textOf(page, "#refunds"), /Given back by you/);
    await settled(order);
    const seen = await call("GET", `orders/${order.id}`);
    assert.equal(`£${(seen.refunds[0].amount.amount / 100).toFixed(2)} comes back`, said);
    assert.equal(seen.refunds[0].cause, "buyer");
    const [note] = await Promise.all([page.waitForEvent("download"), page.locator(".credit-note").click()]);
    assert.equal(note.suggestedFilename(), `${seen.refunds[0].credit_note}.pdf`);
    assert.equal(readFileSync(await note.path()).subarray(0, 5).toString(), "%PDF-");
    await pages.leave(page);
    const small = await opened(order, "order-refundable-telephone", {width: 390, height: 844}, "dark");
    await small.click("#give-back-open");
    await small.screenshot({path: path.join(shots, "order-give-back-telephone.png"), fullPage: true});
    await pages.leave(small);
    // The last evening has no time for it: the box office alone takes tickets back.
    const plain = await opened(await buy(1, true), "order-not-refundable");
    assert.equal(await plain.locator(".give-back").count(), 0);
    await pages.leave(plain);
});

/** From the page of the order to the seats of what it is exchanged for, with the tickets whose box is `checked`. */
async function beginExchange(page, checked, performance) {
    await page.click("#exchange-open");
    await page.waitForFunction(() => document.querySelectorAll("#exchange-for option").length > 0);
    const boxes = page.locator("[aria-label='Exchange tickets'] input");
    for (let i = 0; i < await boxes.count(); ++i)
        await boxes.nth(i).setChecked(checked.includes(i));
    if (performance)
        await page.selectOption("#exchange-for", performance);
    await page.click("#exchange");
    await page.waitForSelector("#exchanging");
}

/** The order that the page shows, as its own browser may read it. */
const orderOn = page => page.evaluate(async () => {
    const {token} = JSON.parse(sessionStorage.getItem("parterre.session"));
    return (await fetch(`/v1/orders/${location.hash.split("/").at(-1)}`, {headers: {Authorization: `Bearer ${token}`}})).json();
});

const pence = async (page, selector) => Math.round(100 * Number((await textOf(page, selector)).replace(/[^0-9.]/g, "")));

/** A free seat of this zone by the list, and on to the checkout. */
async function holdIn(page, zone) {
    await page.click("#show-list");
    await page.locator(".section summary").first().waitFor();
    for (const closed = page.locator(".section:not([open]) summary"); await closed.count();)
        await closed.first().click();
    const seat = page.locator(`.seat[data-state="free"][aria-label*="${zone}"]`).nth(2);
    const key = await seat.getAttribute("data-key");
    await page.locator(`[data-key="${key}"]`).click();
    await page.locator(`[data-key="${key}"][data-state="mine"]`).waitFor();
    await page.click("#to-checkout");
    await page.waitForSelector("#total");
}

test("a buyer exchanges a ticket for a dearer one by the link of the mail, pays the difference, and keeps the other", async () => {
    session = await call("POST", "sessions", {}); // With a purchase limit of its own.
    const order = await buy(2);
    const page = await opened(order, "order-exchangeable", undefined, undefined, await keyOf(order));
    await beginExchange(page, [0]);
    await page.screenshot({path: path.join(shots, "exchange-seats.png")});
    assert.match(await textOf(page, "#exchanging"), new RegExp(`${order.lines[0].place_name}.*${order.number}`));
    const zones = (await call("GET", `performances/${order.performance}`)).zones;
    await holdIn(page, zones[0].name);
    assert.equal(await textOf(page, "h1"), "Exchange");
    assert.equal(await page.inputValue("#email"), "zoe@example.org");
    assert.deepEqual(await violationsOf(page), []);
    await page.screenshot({path: path.join(shots, "exchange-checkout.png"), fullPage: true});
    const total = await pence(page, "#total");
    const worth = await pence(page, ".settlement >> nth=0 >> span >> nth=1");
    assert.ok(total > worth, "The dearest places cost more.");
    assert.equal(await pence(page, "#pay"), total - worth);
    await page.click("#pay");
    await page.waitForSelector("#order-number");
    const made = await textOf(page, "#order-number");
    assert.notEqual(made, order.number);
    assert.match(await page.innerText("section.confirmation"), new RegExp(`From your old tickets \\(order ${order.number}\\)`));
    const old = await call("GET", `orders/${order.id}`);
    assert.deepEqual(old.lines.map(line => line.state), ["exchanged", "sold"]);
    assert.equal(old.refunds[0].cause, "exchange");
    const view = await orderOn(page);
    assert.equal(view.exchanged_from.credit.amount, worth);
    assert.equal(view.payment_method, "card");
    assert.equal(await page.evaluate(() => sessionStorage.getItem("parterre.exchange")), null);
    await pages.leave(page);
});

test("who keeps the old tickets buys the new places instead, and a declined card changes neither", async () => {
    session = await call("POST", "sessions", {});
    const order = await buy(1);
    const page = await opened(order, "order-exchangeable-one");
    await beginExchange(page, [0]);
    const zones = (await call("GET", `performances/${order.performance}`)).zones;
    await holdIn(page, zones[0].name);
    await page.check("input[value=pm_card_visa_chargeDeclined]");
    await page.click("#pay");
    await page.waitForSelector(".message.warn:not([hidden])");
    assert.equal((await call("GET", `orders/${order.id}`)).state, "confirmed");
    await page.click("#keep-old");
    await page.waitForFunction(() => document.querySelector("h1").textContent === "Checkout" && !document.querySelector("#pay").disabled);
    assert.equal(await page.locator(".settlement").count(), 0);
    await page.check("input[value=pm_card_visa]");
    await page.click("#pay");
    await page.waitForSelector("#order-number");
    assert.equal((await call("GET", `orders/${order.id}`)).state, "confirmed");
    assert.equal((await orderOn(page)).state, "confirmed");
    await pages.leave(page);
});

test("a ticket that is left goes into Apple Wallet, with the right name and type", async () => {
    const order = await buy(1);
    const page = await opened(order, "order-confirmed");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".wallet").click()]);
    assert.equal(download.suggestedFilename(), `ticket-${order.number}-1.pkpass`);
    assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), "PK");
    await pages.leave(page);
});

test("an order that was given back is not called unpaid", async () => {
    const order = await buy(2);
    await giveBack(order, []);
    await settled(order);
    const page = await opened(order, "order-refunded");
    assert.equal(await textOf(page, "h1"), "This order was refunded");
    assert.equal(await page.locator(".lines .void").count(), 2);
    assert.equal(await page.locator("#tickets, #download").count(), 0);
    assert.match(await textOf(page, "#refunds"), /Their tickets are void/);
    await pages.leave(page);
});

test("a performance that does not take place says why, and that the money comes back", async () => {
    const order = await buy(2, true);
    await desk.ask("cancel_performance", {performance: order.performance, reason: "The stage is under water"});
    for (let i = 0; (await call("GET", `orders/${order.id}`)).state !== "refunded"; ++i) {
        assert.ok(i < 200, "The order was not refunded.");
        await new Promise(done => setTimeout(done, 100));
    }
    await settled(order);
    const page = await opened(order, "order-cancelled");
    assert.equal(await textOf(page, "h1"), "This performance does not take place");
    assert.match(await textOf(page, "#refunds"), /The stage is under water/);
    await pages.leave(page);
});
