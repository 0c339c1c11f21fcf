// A clerk at a desk for the tests of the shop: speaks the desk protocol (PROTOCOL.md) over the WebSocket of a page of
// Chromium, since Node 20 has none of its own.

import assert from "node:assert/strict";
import {randomUUID} from "node:crypto";

const ownPassword = "a quiet evening in Illyria";

export class Desk {
    constructor(page) {
        this.page = page;
    }

    /** Signs in as the first administrator, who chooses a password of their own at the first time. */
    static async open(page, server) {
        await page.goto(server.url);
        await page.evaluate(url => new Promise((done, failed) => {
            const socket = new WebSocket(`${url.replace("http", "ws")}/v1/desk`);
            const waiting = new Map();
            window.askDesk = (type, id, body) => new Promise(answered => {
                waiting.set(id, answered);
                socket.send(JSON.stringify({type, id, body}));
            });
            socket.onmessage = event => {
                const message = JSON.parse(event.data);
                waiting.get(message.re)?.(message);
            };
            socket.onopen = done;
            socket.onerror = failed;
        }), server.url);
        const desk = new Desk(page);
        await desk.ask("hello", {version: 1, version_min: 1, software: "tests"});
        const {user, password} = server.admin;
        await desk.ask("sign_in", {user, password});
        if (password !== ownPassword)
            await desk.ask("change_password", {old_password: password, new_password: ownPassword});
        server.admin.password = ownPassword;
        return desk;
    }

    /** The whole reply, refused or not. */
    reply(type, body) {
        return this.page.evaluate(([type, id, body]) => window.askDesk(type, id, body), [type, randomUUID(), body]);
    }

    async ask(type, body) {
        const reply = await this.reply(type, body);
        assert.notEqual(reply.type, "refused", reply.body.message);
        return reply.body;
    }

    /** Takes the first `count` free seats that come in a row of the layout, in the first performance on sale. */
    async takeSeats(count) {
        const {performance, seats} = await this.findSeats(count, onSale => onSale[0]);
        return this.ask("take_hold", {hold: randomUUID(), performance, seats, areas: []});
    }

    /** An allocation of `count` free seats of the last performance on sale, next to each other; says which. */
    async setAllocationAside({code, name, accessCode, count}) {
        const {performance, seats} = await this.findSeats(count, onSale => onSale.at(-1));
        await this.ask("put_house_code", {performance, code, name, kind: "allocation", color: "#7b5ea7", access_code: accessCode});
        await this.ask("move_seats", {performance, move: "set_aside", code, seats, reason: "A test of the shop"});
        return {performance, seats};
    }

    async findSeats(count, choose) {
        const {performances} = await this.ask("list_performances", {});
        const performance = choose(performances.filter(each => each.state === "on_sale")).id;
        const {layout, snapshot} = await this.ask("open_map", {performance});
        await this.ask("close_map", {performance});
        let number = 0;
        for (const row of layout.sections.flatMap(section => section.rows ?? [])) {
            const letters = snapshot.seats.slice(number, number + row.seats.length);
            number += row.seats.length;
            const free = letters.indexOf("a".repeat(count));
            if (free >= 0)
                return {performance, seats: row.seats.slice(free, free + count).map(seat => seat.key)};
        }
        throw new Error("No row has so many free seats beside each other.");
    }
}
