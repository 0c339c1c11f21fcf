// Our webhooks before the judge: a receiver in node that checks them with the library of the Standard Webhooks, as a customer
// would, for sales that are made over the real API.

import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {randomUUID} from "node:crypto";
import {once} from "node:events";
import http from "node:http";
import {after, before, test} from "node:test";
import {Webhook} from "standardwebhooks";
import {parterred, startServer} from "./server.mjs";

const receivers = [];
let server;

before(async () => {
    server = await startServer(["--webhook-allowed-networks", "127.0.0.0/8"]);
});
after(async () => {
    receivers.forEach(receiver => receiver.close());
    await server?.stop();
});

/** Somebody's server. Keeps what it is sent, and answers with the next of `answers`, then 204. */
class Receiver {
    static async open(answers = []) {
        const receiver = new Receiver();
        receiver.letters = [];
        receiver.server = http.createServer(async (request, response) => {
            const chunks = [];
            for await (const chunk of request)
                chunks.push(chunk);
            receiver.letters.push({body: Buffer.concat(chunks).toString(), headers: request.headers});
            response.writeHead(answers.shift() ?? 204).end();
        });
        receiver.server.listen(0, "127.0.0.1");
        await once(receiver.server, "listening");
        receivers.push(receiver);
        receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hooks`;
        return receiver;
    }

    async until(count) {
        for (const end = Date.now() + 60_000; Date.now() < end; await new Promise(next => setTimeout(next, 50))) {
            if (this.letters.length >= count)
                return this.letters;
        }
        throw new Error(`${this.letters.length} of ${count} webhooks came`);
    }

    close() {
        this.server.closeAllConnections();
        this.server.close();
    }
}

function command(...words) {
    const done = spawnSync(parterred, ["webhook", ...words, "--data-dir", server.data, "--webhook-allowed-networks", "127.0.0.0/8"],
        {encoding: "utf8"});
    assert.equal(done.status, 0, done.stderr);
    return done.stdout;
}

function addEndpoint(url, ...more) {
    const said = command("add", url, ...more);
    return {id: /endpoint: (\S+)/.exec(said)[1], secret: /secret: (\S+)/.exec(said)[1]};
}

async function ask(method, path, {token, body} = {}) {
    const headers = {"Content-Type": "application/json", "Idempotency-Key": `"${randomUUID()}"`};
    if (token)
        headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(server.url + path, {method, headers, body: body && JSON.stringify(body)});
    return {status: answer.status, json: await answer.json()};
}

/** One seat, paid by a test card; returns the order. */
async function sell() {
    const {token} = (await ask("POST", "/v1/sessions", {body: {}})).json;
    const [{id}] = (await ask("GET", "/v1/performances")).json.performances;
    const performance = (await ask("GET", `/v1/performances/${id}`)).json;
    const hold = randomUUID();
    const held = await ask("POST", "/v1/holds", {token, body: {hold, performance: id, best: {size: 1}}});
    assert.equal(held.status, 201, JSON.stringify(held.json));
    const place = held.json.places[0].key;
    const priceType = performance.types.find(type => type.public !== false).id;
    const order = randomUUID();
    const made = await ask("POST", "/v1/orders", {token, body: {order, hold, lines: [{place, price_type: priceType}],
        buyer: {name: "Ada Lovelace", email: "ada@example.org"}}});
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const paid = await ask("POST", `/v1/orders/${order}/payments`, {token,
        body: {payment: randomUUID(), card_token: "pm_card_visa"}});
    assert.equal(paid.status, 201, JSON.stringify(paid.json));
    return paid.json;
}

test("a sale is told to an endpoint, and the judge believes it", async () => {
    const receiver = await Receiver.open();
    const {id, secret} = addEndpoint(receiver.url, "--type", "order.confirmed");
    const order = await sell();
    const [letter] = await receiver.until(1);
    const told = new Webhook(secret).verify(letter.body, letter.headers);
    assert.equal(told.type, "order.confirmed");
    assert.ok(Math.abs(Date.parse(told.timestamp) - Date.now()) < 60_000);
    assert.equal(told.data.number, order.number);
    assert.equal(told.data.order, order.id);
    assert.match(letter.headers["webhook-id"], /^msg_\d+$/);
    command("remove", id);
});

test("the judge does not believe another secret, another body or another time", async () => {
    const receiver = await Receiver.open();
    const {id, secret} = addEndpoint(receiver.url);
    const other = addEndpoint("https://example.org/hooks", "--type", "order.never");
    await sell();
    const [{body, headers}] = await receiver.until(1);
    assert.throws(() => new Webhook(other.secret).verify(body, headers));
    assert.throws(() => new Webhook(secret).verify(body.replace("order.confirmed", "order.refunded"), headers));
    assert.throws(() => new Webhook(secret).verify(body, {...headers, "webhook-timestamp": `${Math.floor(Date.now() / 1000) - 10}`}));
    new Webhook(secret).verify(body, headers);
    command("remove", id);
    command("remove", other.id);
});

test("a failure is sent again under the same id, and by hand as often as is wanted", async () => {
    const receiver = await Receiver.open([500]);
    const {id, secret} = addEndpoint(receiver.url);
    await sell();
    const letters = await receiver.until(2); // The second comes after five seconds.
    const log = command("deliveries", id);
    assert.match(log, /1\. .* 500 .* answered 500; again at/);
    assert.match(log, /2\. .* 204 /);
    command("replay", /^(\d+) {2}delivered/m.exec(log)[1]);
    await receiver.until(3);
    for (const letter of letters) {
        new Webhook(secret).verify(letter.body, letter.headers);
        assert.equal(letter.headers["webhook-id"], letters[0].headers["webhook-id"]);
    }
    command("remove", id);
});

test("an endpoint that is gone is told nothing more", async () => {
    const receiver = await Receiver.open([410]);
    const {id} = addEndpoint(receiver.url);
    await sell();
    await receiver.until(1);
    for (const end = Date.now() + 20_000; Date.now() < end && !command("list").includes("410 Gone");)
        await new Promise(next => setTimeout(next, 100));
    assert.match(command("list"), /disabled .*410 Gone/);
    const witness = await Receiver.open();
    const other = addEndpoint(witness.url);
    await sell();
    await witness.until(1);
    assert.equal(receiver.letters.length, 1);
    command("remove", id);
    command("remove", other.id);
});
