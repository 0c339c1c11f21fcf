// The mails of a sale, and of places that went back, in a real Chromium, as their readers see them: on a desk and on a telephone,
// light and dark, with pictures and with pictures blocked; and where their links lead. A real server writes them as files, Python's
// parser takes them apart.

import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, before, test} from "node:test";
import {uuidV7} from "../../resources/storefront/format.js";
import {startBrowser, violationsOf} from "./browser.mjs";
import {Desk} from "./desk.mjs";
import {startServer} from "./server.mjs";

const shots = process.env.PARTERRE_SHOTS ?? path.resolve(import.meta.dirname, "../../build/storefront");
const folder = mkdtempSync(path.join(tmpdir(), "parterre-mail-"));
const mails = path.join(folder, "mails");
let server;
let browser;
let desk;
let order;
let reader; // The page that shows all mails.

async function call(method, url, body, token) {
    const response = await fetch(`${server.url}/v1/${url}`, {method, body: body && JSON.stringify(body),
        headers: {"Content-Type": "application/json", "Idempotency-Key": uuidV7(), ...(token && {Authorization: `Bearer ${token}`})}});
    const answer = await response.json();
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
}

/** Seats by the API, for whoever has this token. */
async function buy(token, size, at = 0) {
    const {performances} = await call("GET", "performances?limit=100");
    const performance = performances.filter(each => each.state === "on_sale").at(at);
    const hold = await call("POST", "holds", {hold: uuidV7(), performance: performance.id, best: {size}}, token);
    const detail = await call("GET", `performances/${performance.id}`);
    const type = detail.types.find(each => each.public).id;
    const lines = hold.places.map(place => ({place: place.key, price_type: type, quantity: place.quantity}));
    const made = await call("POST", "orders", {order: uuidV7(), hold: hold.id, lines,
        buyer: {name: "Zoë <b>Müller</b>", email: "zoe@example.org"}}, token);
    return call("POST", `orders/${made.id}/payments`, {payment: uuidV7(), card_token: "pm_card_visa"}, token);
}

const taken = new Map();

/** What Python's parser finds in the mail of this file. */
function takenApart(name) {
    if (!taken.has(name)) {
        const said = spawnSync("/usr/bin/python3", [path.resolve(import.meta.dirname, "../support/readmail.py")],
            {input: readFileSync(path.join(mails, name))});
        taken.set(name, JSON.parse(said.stdout));
    }
    return taken.get(name);
}

/** All mails in the order of their making, taken apart. */
async function readMails(count) {
    for (let i = 0; i < 200; ++i) {
        const files = readdirSync(mails).filter(name => name.endsWith(".eml")).sort();
        if (files.length >= count)
            return files.map(takenApart);
        await new Promise(done => setTimeout(done, 100));
    }
    return assert.fail(`${count} mails did not come.`);
}

/** The HTML as a mail program shows it: pictures of the mail itself, or none. */
function htmlOf(mail, pictures) {
    const html = mail.parts.find(part => part.type === "text/html").text;
    return html.replaceAll(/cid:([^"]+)/g, (_, id) => {
        const part = mail.parts.find(each => each.id === `<${id}>`);
        assert.ok(part, id);
        return pictures ? `data:image/png;base64,${part.bytes}` : "about:blank";
    });
}

before(async () => {
    mkdirSync(shots, {recursive: true});
    const pages = path.resolve(import.meta.dirname, "../../resources/storefront");
    server = await startServer(["--mail-folder", mails, "--storefront", pages]);
    browser = await startBrowser(folder);
    desk = await Desk.open(await browser.newPage(), server);
    reader = await browser.newPage({bypassCSP: true});
    const {token} = await call("POST", "sessions", {});
    order = await buy(token, 2);
});

after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, {recursive: true, force: true});
});

const looks = [["desk", 700], ["telephone", 390]].flatMap(([name, width]) =>
    ["light", "dark"].map(colorScheme => ({name, width, colorScheme})));

/** The mail as its reader sees it, with a picture of it: all of it is there, and axe finds nothing. */
async function shown(mail, {name, width, colorScheme}, shot, pictures = false) {
    await reader.setViewportSize({width, height: 900});
    await reader.emulateMedia({colorScheme});
    await reader.setContent(htmlOf(mail, pictures));
    await reader.screenshot({path: path.join(shots, `${shot}-${name}-${colorScheme}-${pictures ? "pictures" : "blocked"}.png`), fullPage: true});
    assert.equal(await reader.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "it scrolls sideways");
    assert.deepEqual(await violationsOf(reader, ["wcag2a", "wcag2aa"]), []);
    return reader;
}

for (const look of looks) {
    for (const pictures of [true, false]) {
        test(`the mail is whole on a ${look.name}, ${look.colorScheme}, pictures ${pictures ? "shown" : "blocked"}`, async () => {
            const [mail] = await readMails(1);
            const page = await shown(mail, look, "mail", pictures);
            const seen = await page.locator("body").innerText();
            for (const said of [order.event, order.number, ...order.lines.map(line => /seat (\S+)$/.exec(line.place_name)?.[1] ?? line.place_name)])
                assert.ok(seen.includes(said), `${said} is not in ${seen}`);
            assert.equal((seen.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/g) ?? []).length, order.lines.length, seen);
            assert.ok(seen.includes("Zoë <b>Müller</b>"));
            for (const picture of await page.locator("img").all()) {
                assert.ok((await picture.getAttribute("alt")).length > 10);
                const box = await picture.boundingBox();
                assert.ok(box.width >= 170 && box.x + box.width <= look.width, JSON.stringify(box));
                assert.equal(await picture.evaluate(image => image.naturalWidth > 0), pictures);
            }
        });
    }
}

/** Who got a ticket passed on, on a telephone that has never been here: the link of the mail, and what is on its page. */
async function opensTheirTicket(link) {
    const context = await browser.newContext({viewport: {width: 390, height: 844}, bypassCSP: true, acceptDownloads: true});
    const page = await context.newPage();
    await page.goto(link);
    await page.locator("#ticket-code").waitFor();
    assert.ok(!page.url().includes("key="), page.url());
    assert.match(await page.locator(".eyebrow").innerText(), /Sebastian/i);
    await page.screenshot({path: path.join(shots, "held-ticket.png"), fullPage: true});
    const [pass] = await Promise.all([page.waitForEvent("download"), page.click("#held-wallet")]);
    assert.match(pass.suggestedFilename(), /^ticket-.+\.pkpass$/);
    assert.equal(readFileSync(await pass.path()).subarray(0, 2).toString(), "PK");
    const [pdf] = await Promise.all([page.waitForEvent("download"), page.click("#held-pdf")]);
    assert.equal(readFileSync(await pdf.path()).subarray(0, 5).toString(), "%PDF-");
    assert.deepEqual(await violationsOf(page, ["wcag2a", "wcag2aa", "wcag22aa", "best-practice"]), []);
    await page.goto(`${link.slice(0, -3)}xyz`); // Another key: nothing is told.
    await page.reload();
    await page.getByRole("heading", {name: "Not found"}).waitFor();
    await context.close();
}

test("its link opens the order in a browser that has never been here, and the tickets go on from there", async () => {
    const [mail] = await readMails(1);
    const link = /href="([^"]*#\/orders\/[^"]+)"/.exec(htmlOf(mail, true))[1];
    const page = await (await browser.newContext({viewport: {width: 1000, height: 1200}, bypassCSP: true})).newPage();
    await page.goto(link);
    await page.locator("#tickets li.ticket").nth(1).waitFor();
    assert.equal(await page.locator("#order-number").textContent(), order.number);
    assert.ok(!page.url().includes("key="), page.url());
    await page.screenshot({path: path.join(shots, "order-tickets.png"), fullPage: true});
    assert.deepEqual(await violationsOf(page, ["wcag2a", "wcag2aa", "wcag22aa", "best-practice"]), []);

    const [calendar] = await Promise.all([page.waitForEvent("download"), page.click("#calendar")]);
    assert.match(readFileSync(await calendar.path(), "utf8"), /^BEGIN:VCALENDAR\r\n/);

    const before = await page.locator("#tickets li.ticket small").first().textContent();
    await page.locator(".replace").first().click();
    await page.locator(".confirm").click();
    await page.locator(".message.info").waitFor();
    assert.notEqual(await page.locator("#tickets li.ticket small").first().textContent(), before);

    await page.locator(".pass-on").nth(1).click();
    await page.fill("input[name=name]", "Sebastian");
    await page.fill("input[name=email]", "sebastian@example.org");
    await page.screenshot({path: path.join(shots, "order-pass-on.png"), fullPage: true});
    await page.locator(".confirm").click();
    await page.locator("main").getByText("Passed on to Sebastian, sebastian@example.org").waitFor();
    await page.click("#send-again");
    await page.locator("main").getByText(/zoe@example.org/).waitFor();

    const all = await readMails(4);
    const theirs = all.find(each => each.to[0][1] === "sebastian@example.org");
    assert.ok(!htmlOf(theirs, true).includes("#/orders/"), "who was passed a ticket must not see the order");
    await opensTheirTicket(/href="([^"]*#\/tickets\/[^"]+)"/.exec(htmlOf(theirs, true))[1]);
    assert.equal(theirs.parts.filter(part => part.type === "image/png").length, 1);
    const again = all.find(each => each.headers.subject.startsWith("Your ticket again"));
    assert.equal(again.parts.filter(part => part.type === "image/png").length, 1);
    await page.close();
});

test("of tickets that went back the buyer and their holder are told, and the page tells of no mail that brings none", async () => {
    const {token} = await call("POST", "sessions", {}); // Another buyer.
    const sold = await buy(token, 3);
    const ticket = sold.tickets[1];
    await call("POST", `orders/${sold.id}/tickets/${ticket}/transfer`, {name: "Antonio", email: "antonio@example.org"}, token);
    await readMails(6); // A fact tells of it, which may be later than what is asked for at once.
    await call("POST", `orders/${sold.id}/mail`, {}, token);
    const before = await readMails(7);
    const held = before.find(each => each.to[0][1] === "antonio@example.org");
    const given = await call("POST", `orders/${sold.id}/refunds`, {refund: uuidV7(), lines: [1, 2]}, token);
    const all = await readMails(9);
    const mail = all.find(each => each.headers.subject.startsWith("Given back: "));
    const theirs = all.find(each => each.headers.subject.startsWith("Your ticket is void: "));
    assert.deepEqual(theirs.to[0], ["Antonio", "antonio@example.org"]);
    const [refund] = given.refunds;
    assert.deepEqual(mail.parts.filter(part => part.disposition === "attachment").map(part => part.name),
        [`${refund.credit_note}.pdf`, `${sold.number}.ics`]);
    const link = /href="([^"]*#\/orders\/[^"]+)"/.exec(htmlOf(mail, true))[1];
    for (const look of looks) {
        const buyers = await shown(mail, look, "mail-refund");
        const seen = await buyers.locator("body").innerText();
        for (const said of [sold.event, sold.number, sold.lines[0].place_name, sold.lines[1].place_name, "passed on to Antonio",
            `£${(refund.amount.amount / 100).toFixed(2)} was sent back to the card that paid`, `You keep ${sold.lines[2].place_name}`, refund.credit_note])
            assert.ok(seen.includes(said), `${said} is not in ${seen}`);
        const holders = await shown(theirs, look, "mail-void");
        const told = await holders.locator("body").innerText();
        assert.ok(told.includes("The ticket that Zoë <b>Müller</b> passed on to you was given back."), told);
        assert.ok(!told.includes("£") && !htmlOf(theirs, true).includes("#/orders/"), told);
    }
    const uid = each => /UID:(\S+)/.exec(Buffer.from(each.parts.find(part => part.type === "text/calendar").bytes, "base64").toString())[1];
    assert.equal(uid(theirs), uid(held));
    writeFileSync(path.join(shots, "credit-note.pdf"), Buffer.from(mail.parts.find(part => part.type === "application/pdf").bytes, "base64"));

    const page = await (await browser.newContext({viewport: {width: 1000, height: 1200}, bypassCSP: true})).newPage();
    await page.goto(link);
    await page.locator("#refunds").waitFor();
    await page.locator(".mail-state").getByText("The tickets were sent to zoe@example.org.").waitFor();
    await page.close();
});

test("a cancelled evening is told with its reason, and goes out of the calendar", async () => {
    const {token} = await call("POST", "sessions", {});
    const sold = await buy(token, 2, -1);
    await desk.ask("cancel_performance", {performance: sold.performance, reason: "Feste is ill"});
    const mail = (await readMails(11)).find(each => each.headers.subject.startsWith(`Cancelled: ${sold.event}, `));
    for (const look of looks) {
        const page = await shown(mail, look, "mail-cancelled");
        const seen = await page.locator("body").innerText();
        for (const said of ["Does not take place", "The reason: Feste is ill. Your tickets are void.", "was sent back to the card that paid", ...sold.lines.map(line => line.place_name)])
            assert.ok(seen.includes(said), `${said} is not in ${seen}`);
    }
    const [calendar] = mail.parts.filter(part => part.type === "text/calendar");
    assert.equal(calendar.params.method, "CANCEL");
    assert.match(Buffer.from(calendar.bytes, "base64").toString(), new RegExp(`UID:${sold.id}\r\n`));
});
