// The reducer of the live map: the same facts that the C++ twin promises (shared/domain/realtime/mapstate.h).

import assert from "node:assert/strict";
import {test} from "node:test";
import {applyDelta, readSnapshot, writeSnapshot} from "../../resources/storefront/mapstate.js";

const snapshot = () => ({seq: 17, seats: "aahs", areas: [[0, 700, 2, 10]]});
const delta = changes => ({from: 17, seq: 19, seats: {h: [0], a: [2]}, areas: [[0, 700, 0, 12]], ...changes});
const cases = [
    ["a delta that follows is applied", delta(), "applied", {seq: 19, seats: "haas", areas: [[0, 700, 0, 12]]}],
    ["a delta that overlaps is applied", delta({from: 12}), "applied", {seq: 19, seats: "haas", areas: [[0, 700, 0, 12]]}],
    ["a delta that is known is old", delta({from: 15, seq: 17}), "old", snapshot()],
    ["a delta after a gap changes nothing", delta({from: 18}), "gap", snapshot()],
    ["an unknown seat changes nothing", delta({seats: {h: [0, 4]}}), "foreign", snapshot()],
    ["an unknown area changes nothing", delta({areas: [[1, 10, 0, 0]]}), "foreign", snapshot()],
    ["an unknown state changes nothing", delta({seats: {x: [0]}}), "foreign", snapshot()],
    ["an empty delta moves the number alone", {from: 17, seq: 18}, "applied", {...snapshot(), seq: 18}],
];

for (const [name, change, outcome, expected] of cases) {
    test(name, () => {
        const state = readSnapshot(snapshot());
        assert.equal(applyDelta(state, change), outcome);
        assert.deepEqual(writeSnapshot(state), expected);
    });
}

for (const broken of [{}, {...snapshot(), seq: -1}, {...snapshot(), seats: "ax"}, {...snapshot(), areas: [[0, 1]]}]) {
    test(`a snapshot that cannot be read is refused: ${JSON.stringify(broken)}`, () => {
        assert.throws(() => readSnapshot(broken));
    });
}
