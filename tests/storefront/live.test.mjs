// How the shop follows a map while deltas and whole maps overtake each other: a stream and a server of our own say what
// arrives when; the rest is the shop's.

import assert from "node:assert/strict";
import {afterEach, beforeEach, test} from "node:test";
import {LiveMap} from "../../resources/storefront/live.js";

let streams, asked, told, live;

class Stream extends EventTarget {
    static CLOSED = 2;
    constructor(path) {
        super();
        this.path = path;
        streams.push(this);
    }
    tell(type, data) {
        this.dispatchEvent(new MessageEvent(type, {data: JSON.stringify(data)}));
    }
    close() {}
}

const map = (seq, seats) => ({seq, seats, areas: []});
const held = (from, seq, ...numbers) => ({from, seq, seats: {h: numbers}, areas: []});
const shown = () => live.state.seats.join("");
const settled = () => new Promise(done => setTimeout(done, 5));

/** The next question for the map, answered when the test says so. */
async function question() {
    for (let i = 0; i < 1000 && !asked.length; ++i)
        await settled();
    assert.ok(asked.length, "the map is asked for");
    return asked.shift();
}

async function answered(seq, seats) {
    (await question()).answer(map(seq, seats));
    await settled();
}

beforeEach(async () => {
    [streams, asked, told] = [[], [], []];
    globalThis.document = {getElementById: () => ({})};
    globalThis.EventSource = Stream;
    globalThis.fetch = () => new Promise(done => asked.push({
        answer: body => done(Response.json(body)),
        fail: () => done(Response.json({detail: "Not now."}, {status: 500})),
    }));
    live = new LiveMap("p", delta => told.push(delta));
    const loaded = live.reload();
    await answered(10, "aaaa");
    await loaded;
    live.listen();
});

afterEach(() => live.close());

test("a delta that follows is shown and told", () => {
    streams[0].tell("delta", held(10, 11, 2));
    assert.equal(shown(), "aaha");
    assert.deepEqual(told.at(-1), held(10, 11, 2));
});

test("what comes while a new map is awaited is not lost", async () => {
    streams[0].tell("delta", held(11, 12, 1)); // 11 is missing.
    const first = await question();
    streams[0].tell("delta", held(12, 13, 2)); // Made after the answer that is on its way.
    first.answer(map(12, "hhaa"));
    await settled();
    assert.equal(shown(), "hhha");
    assert.equal(live.state.seq, 13);
    streams[0].tell("delta", held(13, 14, 3));
    assert.equal(shown(), "hhhh");
    assert.equal(asked.length, 0);
});

test("a map that is older than the gap is asked for again", async () => {
    streams[0].tell("delta", held(11, 12, 1));
    await answered(10, "aaaa"); // A node that has not heard of it yet.
    await answered(12, "hhaa");
    assert.equal(shown(), "hhaa");
    assert.equal(live.state.seq, 12);
});

test("a map that does not come is asked for again", async () => {
    streams[0].tell("delta", held(11, 12, 1));
    (await question()).fail();
    await answered(12, "hhaa");
    assert.equal(shown(), "hhaa");
});

test("after a reset the old map is shown until the new one is here, and lower numbers count", async () => {
    streams[0].tell("delta", held(10, 11, 0));
    streams[0].tell("reset", {});
    streams[0].tell("delta", held(3, 4, 3));
    assert.equal(shown(), "haaa");
    await answered(3, "aaha");
    assert.equal(shown(), "aahh");
    assert.equal(live.state.seq, 4);
});

test("what was asked for before a reset does not count", async () => {
    streams[0].tell("delta", held(11, 12, 1));
    const before = await question();
    streams[0].tell("reset", {});
    const after = await question();
    before.answer(map(12, "hhaa"));
    await settled();
    assert.equal(shown(), "aaaa");
    after.answer(map(2, "aaah"));
    await settled();
    assert.equal(shown(), "aaah");
});

test("a snapshot of the stream ends the repair", async () => {
    streams[0].tell("delta", held(11, 12, 1));
    const late = await question();
    streams[0].tell("snapshot", map(20, "hhhh"));
    streams[0].tell("delta", {from: 20, seq: 21, seats: {a: [0]}, areas: []});
    late.answer(map(12, "hhaa"));
    await settled();
    assert.equal(shown(), "ahhh");
});

test("an answer that is older than what is shown changes nothing", async () => {
    live.repair(); // As after a refusal of a seat that looked free.
    const answer = await question();
    streams[0].tell("delta", held(10, 11, 2));
    answer.answer(map(9, "aaaa"));
    await settled();
    assert.equal(shown(), "aaha");
    assert.equal(asked.length, 0);
});

test("who has left asks for nothing more", async () => {
    streams[0].tell("delta", held(11, 12, 1));
    const answer = await question();
    live.close();
    answer.fail();
    await new Promise(done => setTimeout(done, 1100));
    assert.equal(asked.length, 0);
});
