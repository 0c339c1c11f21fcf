// The reducer of the live map on the golden data that its C++ twin is tested on too (shared/domain/realtime).

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {applyDelta, readSnapshot, writeSnapshot} from "../../resources/storefront/mapstate.js";

const cases = JSON.parse(readFileSync(new URL("../golden/mapstate.json", import.meta.url), "utf8"));

for (const {name, snapshot, deltas, expected} of cases) {
    test(name, () => {
        const state = readSnapshot(snapshot);
        assert.deepEqual(deltas.map(({delta}) => applyDelta(state, delta)), deltas.map(({outcome}) => outcome));
        assert.deepEqual(writeSnapshot(state), expected);
    });
}

for (const broken of [{}, {seq: -1, seats: "a"}, {seq: 1, seats: "ax"}, {seq: 1, seats: "a", areas: [[0, 1]]}]) {
    test(`a snapshot that cannot be read is refused: ${JSON.stringify(broken)}`, () => {
        assert.throws(() => readSnapshot(broken));
    });
}
