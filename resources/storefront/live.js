// Keeps the map of one performance up to date: a snapshot, then numbered deltas over Server-Sent Events. A gap, an
// unknown place or a reset is repaired by asking for a new snapshot.

import {api} from "./api.js";
import {applyDelta, readSnapshot} from "./mapstate.js";

const reconnectSeconds = 3;

export class LiveMap {
    constructor(performance, changed) {
        this.performance = performance;
        this.changed = changed;
        this.state = null;
    }

    async open() {
        await this.reload();
        this.listen();
    }

    async reload() {
        const fresh = readSnapshot(await api.map(this.performance));
        if (!this.state || fresh.seq >= this.state.seq)
            this.replace(fresh);
    }

    replace(fresh) {
        this.state = fresh;
        this.changed(null);
    }

    listen() {
        this.source = new EventSource(`/v1/performances/${this.performance}/live`);
        this.source.addEventListener("snapshot", event => this.replace(readSnapshot(JSON.parse(event.data))));
        this.source.addEventListener("delta", event => {
            const delta = JSON.parse(event.data);
            const outcome = applyDelta(this.state, delta);
            if (outcome === "applied")
                this.changed(delta);
            else if (outcome !== "old")
                this.repair();
        });
        this.source.addEventListener("reset", () => {
            this.state = null; // Its numbers may start again.
            this.repair();
        });
        this.source.addEventListener("error", () => {
            // The browser reconnects by itself, with Last-Event-ID, unless the server refused it.
            if (this.source.readyState === EventSource.CLOSED)
                this.timer = setTimeout(() => this.listen(), reconnectSeconds * 1000);
        });
    }

    repair() {
        this.repairing ??= this.reload().catch(() => {}).finally(() => { this.repairing = null; });
    }

    close() {
        clearTimeout(this.timer);
        this.source?.close();
    }
}
