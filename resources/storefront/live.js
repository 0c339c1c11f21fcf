// Keeps the map of one performance up to date: a snapshot, then numbered deltas over Server-Sent Events. A gap, an
// unknown place or a reset is repaired by asking for a new snapshot; what arrives until it is here is applied on it.

import {api} from "./api.js";
import {applyDelta, readSnapshot} from "./mapstate.js";

const reconnectSeconds = 3;
const repairSecondsMax = 30;
const earlyDeltasMax = 1000; // Past that the oldest go; if the new map needed one of them it is asked for again.

export class LiveMap {
    constructor(performance, changed) {
        this.performance = performance;
        this.changed = changed;
        this.state = null;
        this.early = null; // Deltas that came while a new map is awaited.
    }

    async reload() {
        this.replace(readSnapshot(await api.map(this.performance)));
    }

    replace(fresh) {
        this.state = fresh;
        this.changed(null);
    }

    listen() {
        this.source = new EventSource(`/v1/performances/${this.performance}/live`);
        this.source.addEventListener("snapshot", event => {
            const fresh = readSnapshot(JSON.parse(event.data));
            this.early = null; // Whole again; what follows on the stream follows on this.
            this.replace(fresh);
        });
        this.source.addEventListener("delta", event => this.take(JSON.parse(event.data)));
        this.source.addEventListener("reset", () => {
            this.state.seq = -1; // Its numbers may start again; it is shown until the new map is here.
            this.early = null; // Nor does what was asked for before count.
            this.repair();
        });
        this.source.addEventListener("error", () => {
            // The browser reconnects by itself, with Last-Event-ID, unless the server refused it.
            if (this.source.readyState === EventSource.CLOSED)
                this.timer = setTimeout(() => this.listen(), reconnectSeconds * 1000);
        });
    }

    take(delta) {
        if (this.early) {
            this.early.push(delta);
            if (this.early.length > earlyDeltasMax)
                this.early.shift();
            return;
        }
        const outcome = applyDelta(this.state, delta);
        if (outcome === "applied")
            this.changed(delta);
        else if (outcome !== "old")
            this.repair(delta);
    }

    /** Asks until there is a map on which everything follows that came meanwhile, `delta` with it. */
    async repair(delta) {
        if (this.early)
            return;
        const mine = this.early = delta ? [delta] : [];
        for (let attempt = 0; this.early === mine; ++attempt) { // Until a snapshot, a reset or the end comes first.
            const fresh = await api.map(this.performance).then(readSnapshot).catch(() => null);
            if (this.early !== mine)
                return;
            if (fresh && this.goOnFrom(fresh)) {
                this.early = null;
                return;
            }
            await this.pause(attempt);
        }
    }

    /** Shows what came since on the newer of both maps; false when something between is missing. */
    goOnFrom(fresh) {
        const base = fresh.seq >= this.state.seq ? fresh : this.state;
        const isWhole = this.early.every(delta => ["applied", "old"].includes(applyDelta(base, delta)));
        this.replace(base);
        return isWhole;
    }

    /** Longer each time, and not the same for all who watch. */
    pause(attempt) {
        const seconds = Math.min(repairSecondsMax, 2 ** attempt) * (0.5 + Math.random() / 2);
        return new Promise(done => { this.patience = setTimeout(done, seconds * 1000); });
    }

    close() {
        this.early = null;
        clearTimeout(this.timer);
        clearTimeout(this.patience);
        this.source?.close();
    }
}
