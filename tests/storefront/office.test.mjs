// The shop and the box office at once: gift cards, reservations that change hands, and seats of an allocation.

import assert from "node:assert/strict";
import {randomUUID} from "node:crypto";
import path from "node:path";
import {test} from "node:test";
import {Desk} from "./desk.mjs";
import {axe, fillBuyer, holdOne, lastingPage, openSeats, pence, secondsLeft, server, shots, visitor} from "./visitor.mjs";

let openDesk;
const boxOffice = async () => openDesk ??= await Desk.open(await lastingPage(), server);

test("a gift card pays a part and a card the rest, and another all of it", async () => {
    const desk = await boxOffice();
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
    const desk = await boxOffice();
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

test("a customer continues what the box office keeps, by link and by typing, and each code is good once", async () => {
    const desk = await boxOffice();
    const [page, late] = [await visitor(), await visitor()];
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
    await late.locator("main").getByText("This code was used already").waitFor();
    const second = await desk.takeSeats(1);
    await late.fill("#code", (await desk.ask("offer_handover", {hold: second.id})).code);
    await late.keyboard.press("Enter");
    await late.locator("#pay").waitFor();
    assert.ok(await secondsLeft(late) > 590, "the customer has the whole time");
    assert.deepEqual([...page.faults, ...late.faults], []);
});

test("a customer in trouble shows a code, and sees that the box office has taken over", async () => {
    const desk = await boxOffice();
    const page = await visitor();
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

test("an access code opens the seats of an allocation, and a wrong one says what to do", async () => {
    const desk = await boxOffice();
    const page = await visitor({bypassCSP: true, reducedMotion: "reduce"});
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
