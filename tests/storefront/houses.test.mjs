// The best seats for a party, seats that would be left alone, and axe-core on every page.

import assert from "node:assert/strict";
import {test} from "node:test";
import {answerOf, axe, desktop, fillBuyer, freeRowStart, linesOf, mobile, openHouseWithRule, openList, pressKeysTo,
    seat, seatsOf, server, visitor} from "./visitor.mjs";

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
        // All the seats once; in other colours and sizes those of one section.
        if (name === "desktop-light") {
            await openList(page);
        } else {
            await page.click("#show-list");
            await page.locator(".section summary").first().click();
        }
        await axe(page, `${name}-list`);
        await openList(page);
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
