// The live map as this page keeps it (design D6): twin of shared/domain/realtime/mapstate.cpp. Both are tested on
// tests/golden/mapstate.json. Rows of `areas` are [number, capacity, held, sold].

const letters = new Set("ahpsok");
const isCount = value => Number.isInteger(value) && value >= 0;
const isArea = row => Array.isArray(row) && row.length === 4 && row.every(isCount);

/** Checks a snapshot from the wire and makes the state that applyDelta() changes in place. */
export function readSnapshot(json) {
    if (!isCount(json?.seq) || typeof json.seats !== "string" || ![...json.seats].every(c => letters.has(c))
        || !(json.areas ?? []).every(isArea)) {
        throw new Error("The map that arrived cannot be read.");
    }
    return {seq: json.seq, seats: [...json.seats], areas: (json.areas ?? []).map(row => [...row])};
}

export function writeSnapshot(state) {
    return {seq: state.seq, seats: state.seats.join(""), areas: state.areas.map(row => [...row])};
}

/**
 * Applies a delta whose `from` is at or before the state's seq; states are last values, so overlap is harmless.
 * Returns "applied", "old" (all known already), "gap" (something between is missing) or "foreign" (names a place that
 * this map does not have). Only "applied" changes anything.
 */
export function applyDelta(state, delta) {
    if (delta.seq <= state.seq)
        return "old";
    if (delta.from > state.seq)
        return "gap";
    const changes = Object.entries(delta.seats ?? {});
    const areas = delta.areas ?? [];
    const areaOf = number => state.areas.findIndex(row => row[0] === number);
    const known = changes.every(([letter, numbers]) =>
        letters.has(letter) && numbers.every(n => isCount(n) && n < state.seats.length))
        && areas.every(row => isArea(row) && areaOf(row[0]) >= 0);
    if (!known)
        return "foreign";
    for (const [letter, numbers] of changes) {
        for (const number of numbers)
            state.seats[number] = letter;
    }
    for (const row of areas)
        state.areas[areaOf(row[0])] = [...row];
    state.seq = delta.seq;
    return "applied";
}
